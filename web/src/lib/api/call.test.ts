import assert from "node:assert/strict";
import { test } from "node:test";
import { makeCall } from "./call";

const answering = (response: () => Response) => {
  const asked: { path: string; init: RequestInit }[] = [];
  return { asked, call: makeCall(async (path, init) => { asked.push({ path, init }); return response(); }) };
};

test("the address is built from the contract's pattern, escaped, without what is not set", async () => {
  const { asked, call } = answering(() => Response.json({ items: [], next_cursor: null }));
  await call("get", "/api/v1/streams", { query: { live: true, category: "são joão", cursor: undefined } });
  await call("get", "/api/v1/channels/{username}", { path: { username: "a/b" } });
  assert.deepEqual(asked.map(({ path }) => path), ["/api/v1/streams?live=true&category=s%C3%A3o+jo%C3%A3o", "/api/v1/channels/a%2Fb"]);
});

test("a refusal carries its reason, its field and how long to wait", async () => {
  const body = { error: { reason: "api.rate_limited", message: "Wait.", field: "login" } };
  const { call } = answering(() => Response.json(body, { status: 429, headers: { "retry-after": "95" } }));
  const answer = await call("get", "/api/v1/account");
  assert.deepEqual(answer, { ok: false, error: { reason: "api.rate_limited", message: "Wait.", status: 429, field: "login", retry_after_s: 95 } });
});

test("an answer that is not ours is an internal error, no answer at all is offline", async () => {
  const strange = await answering(() => new Response("<h1>Bad gateway</h1>", { status: 502 })).call("get", "/api/v1/account");
  assert.equal(!strange.ok && strange.error.reason, "api.internal");
  const none = await makeCall(async () => { throw new TypeError("failed"); })("get", "/api/v1/account");
  assert.equal(!none.ok && none.error.reason, "web.offline");
});

test("an empty answer is a success without data", async () => {
  const { call } = answering(() => new Response(null, { status: 204 }));
  assert.deepEqual(await call("delete", "/api/v1/sessions/current"), { ok: true, data: undefined });
});
