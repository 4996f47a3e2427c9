import assert from "node:assert/strict";
import test from "node:test";
import { answerStatusOf } from "./answer-status.mjs";

test("a page's mark gives its status, and how long to wait when it knows", () => {
  assert.deepEqual(answerStatusOf('<head><meta name="answer-status" content="404"/></head>'), { status: 404, retryAfter_s: undefined });
  assert.deepEqual(answerStatusOf('<head><meta name="answer-status" content="429 17"/></head>'), { status: 429, retryAfter_s: "17" });
});

test("what a person writes is no mark", () => {
  assert.equal(answerStatusOf('<p>&lt;meta name="answer-status" content="404"/&gt;</p>'), null);
  assert.equal(answerStatusOf('<script>self.__next_f.push([1,"<meta name=\\"answer-status\\" content=\\"404\\"/>"])</script>'), null);
});
