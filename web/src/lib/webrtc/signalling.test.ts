import assert from "node:assert/strict";
import { test } from "node:test";
import { iceFragmentOf, iceServersOf, refusalOf, withIceOf } from "./signalling";

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

const SDP = ["v=0", "m=video 9 UDP/TLS/RTP/SAVPF 96", "a=mid:0", "a=ice-ufrag:abcd", "a=ice-pwd:old+password/of22chars", "a=setup:passive",
  "m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=mid:1", "a=ice-ufrag:abcd", "a=ice-pwd:old+password/of22chars", ""].join("\r\n");

test("to start ICE over, the credentials of the new offer are enough", () => {
  assert.equal(iceFragmentOf(SDP), "a=ice-ufrag:abcd\r\na=ice-pwd:old+password/of22chars\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n");
});

test("the server's new credentials replace its old ones in every media, and nothing else moves", () => {
  const moved = withIceOf(SDP, "a=ice-lite\r\na=ice-ufrag:efgh\r\na=ice-pwd:$&new$1\r\n");
  assert.equal(moved, SDP.replaceAll("abcd", "efgh").replaceAll("old+password/of22chars", () => "$&new$1"));
  assert.equal(withIceOf(SDP, "a=ice-ufrag:efgh\r\n"), null);
});
