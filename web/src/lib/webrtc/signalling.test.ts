import assert from "node:assert/strict";
import { test } from "node:test";
import { iceServersOf, refusalOf } from "./signalling";

test("ICE servers come in Link fields, several in one line", () => {
  const link = '<stun:stun.exemplo.pt>; rel="ice-server", </style.css>; rel=preload; as=style, ' +
    '<turn:turn.exemplo.pt?transport=udp>; rel="ice-server"; username="ana, \\"a\\""; credential="x;y"; credential-type="password"';
  assert.deepEqual(iceServersOf(link), [
    { urls: "stun:stun.exemplo.pt" },
    { urls: "turn:turn.exemplo.pt?transport=udp", username: 'ana, "a"', credential: "x;y" },
  ]);
  assert.deepEqual(iceServersOf(null), []);
});

test("a refusal says why and when to come back", () => {
  const refusal = refusalOf(503, new Headers({ "Retry-After": "3" }), '{"error":{"reason":"media.realtime_preparing"}}');
  assert.deepEqual(refusal, { reason: "media.realtime_preparing", retryAfter_ms: 3_000, isFinal: false });
});

test("where there is no WHEP, nobody asks twice", () => {
  assert.deepEqual(refusalOf(404, new Headers(), "<!doctype html>"), { reason: "api.internal", retryAfter_ms: null, isFinal: true });
});
