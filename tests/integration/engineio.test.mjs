// Engine.IO as its protocol document has it (protocol 4), byte by byte, by polling, by WebSocket and from one to the other.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, describe, test } from "node:test";
import { Socket as Client } from "engine.io-client";
import { inTime, kCalm, Program, Talk, WebSocket } from "../lib/socketio.mjs";

const kSeparator = "\x1e";

let calm, quick; // Quick has the pings of the protocol's own suite.
before(async () => {
  calm = await Program.start("sio_echo", ["port", "engine-port"], { ...kCalm, reactors: 2 });
  quick = await Program.start("sio_echo", ["port", "engine-port"]);
});
after(() => Promise.all([calm?.stop(), quick?.stop()]));

const at = (program, query = "") => `http://127.0.0.1:${program["engine-port"]}/engine.io/?EIO=4&transport=polling${query}`;
const wsAt = (program, query = "") => `ws://127.0.0.1:${program["engine-port"]}/engine.io/?EIO=4&transport=websocket${query}`;
const raw = (query) => `http://127.0.0.1:${calm["engine-port"]}/engine.io/?${query}`;
const open = async (program = calm) => JSON.parse((await (await fetch(at(program))).text()).slice(1));
const sidOf = async (program) => (await open(program)).sid;
const post = (sid, body, program = calm, headers = {}) => fetch(at(program, `&sid=${sid}`), { method: "POST", body, headers });
const poll = (sid, program = calm, options) => fetch(at(program, `&sid=${sid}`), options);
// A poll whose bytes have left on a connection the server has accepted.
const writtenPoll = async (sid, program = calm) => {
  const socket = connect(program["engine-port"], "127.0.0.1");
  await once(socket, "connect");
  const head = (path) => `GET /engine.io/?EIO=4&transport=polling${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
  socket.write(head(""));
  await once(socket, "data");
  await new Promise((done, failed) => socket.write(head(`&sid=${sid}`), (error) => (error ? failed(error) : done())));
  return socket;
};
const textOf = async (answer) => { assert.equal(answer.status, 200); return answer.text(); };
const refusal = async (answer, status, code, message) => {
  assert.equal(answer.status, status);
  assert.deepEqual(await answer.json(), { code, message });
};
const talk = async (program = calm, options) => {
  const socket = await Talk.open(wsAt(program), options);
  assert.match(await socket.next(), /^0\{/);
  return socket;
};
const upgradeStatus = async (url) => {
  const socket = new WebSocket(url);
  socket.on("error", () => {});
  const [, answer] = await once(socket, "unexpected-response");
  answer.resume();
  return answer.statusCode;
};

describe("handshake", () => {
  test("by polling names exactly what the protocol does", async () => {
    const answer = await fetch(at(quick));
    assert.equal(answer.headers.get("content-type"), "text/plain; charset=UTF-8");
    assert.equal(answer.headers.get("cache-control"), "no-store");
    assert.equal(answer.headers.get("access-control-allow-origin"), "*");
    const text = await answer.text();
    assert.equal(text[0], "0");
    const { sid, ...rest } = JSON.parse(text.slice(1));
    assert.match(sid, /^[\w-]{20}$/);
    assert.deepEqual(rest, { upgrades: ["websocket"], pingInterval: 300, pingTimeout: 200, maxPayload: 1_000_000 });
  });

  test("by WebSocket offers no upgrade", async () => {
    const socket = await Talk.open(wsAt(quick));
    const { sid, ...rest } = JSON.parse((await socket.next()).slice(1));
    assert.match(sid, /^[\w-]{20}$/);
    assert.deepEqual(rest, { upgrades: [], pingInterval: 300, pingTimeout: 200, maxPayload: 1_000_000 });
    socket.close();
  });

  test("is refused with the protocol's numbers", async () => {
    await refusal(await fetch(raw("EIO=4")), 400, 0, "Transport unknown");
    await refusal(await fetch(raw("EIO=4&transport=abc")), 400, 0, "Transport unknown");
    await refusal(await fetch(raw("transport=polling")), 400, 5, "Unsupported protocol version");
    await refusal(await fetch(raw("EIO=abc&transport=polling")), 400, 5, "Unsupported protocol version");
    await refusal(await fetch(raw("EIO=3&transport=polling")), 400, 5, "Unsupported protocol version");
    await refusal(await fetch(raw("EIO=4&transport=polling"), { method: "POST" }), 400, 2, "Bad handshake method");
    await refusal(await fetch(raw("EIO=4&transport=polling"), { method: "PUT" }), 400, 2, "Bad handshake method");
    await refusal(await fetch(raw("EIO=4&transport=websocket")), 400, 3, "Bad request");
  });

  test("of a WebSocket is refused before it is one", async () => {
    for (const query of ["transport=websocket", "EIO=abc&transport=websocket", "EIO=4", "EIO=4&transport=abc", "EIO=4&transport=polling", "EIO=4&transport=websocket&sid=nobody"])
      assert.equal(await upgradeStatus(raw(query).replace("http", "ws")), 400, query);
  });

  test("answers a page's preflight", async () => {
    const answer = await fetch(at(calm), { method: "OPTIONS", headers: { Origin: "http://elsewhere.test", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type" } });
    assert.equal(answer.status, 204);
    assert.equal(answer.headers.get("access-control-allow-methods"), "GET,POST");
    assert.equal(answer.headers.get("access-control-allow-headers"), "content-type");
  });
});

describe("an id", () => {
  test("that nobody has is refused", async () => {
    for (const sid of ["nobody", "AAAAAAAAAAAAAAAAAAAA", "_____w_____________", "%00"]) {
      await refusal(await poll(sid), 400, 1, "Session ID unknown");
      await refusal(await post(sid, "4a"), 400, 1, "Session ID unknown");
    }
  });

  test("keeps its transport and its protocol", async () => {
    const socket = await Talk.open(wsAt(calm));
    const { sid } = JSON.parse((await socket.next()).slice(1));
    await refusal(await poll(sid), 400, 3, "Bad request");
    await refusal(await post(sid, "4a"), 400, 3, "Bad request");
    await refusal(await fetch(raw(`EIO=3&transport=polling&sid=${sid}`)), 400, 3, "Bad request");
    assert.equal(await socket.say("4still here").next(), "4still here");
    socket.close();
    const polled = await sidOf();
    await refusal(await fetch(at(calm, `&sid=${polled}`), { method: "PUT" }), 400, 3, "Bad request");
  });
});

describe("messages by polling", () => {
  const echoed = async (body) => {
    const sid = await sidOf();
    assert.equal(await textOf(await post(sid, body)), "ok");
    return textOf(await poll(sid));
  };
  test("come one by one", async () => assert.equal(await echoed("4hello"), "4hello"));
  test("come several at once", async () => assert.equal(await echoed(["4test1", "4test2", "4test3"].join(kSeparator)), ["4test1", "4test2", "4test3"].join(kSeparator)));
  test("come as text beside binary", async () => assert.equal(await echoed(`4olá €😀${kSeparator}bAQIDBA==`), `4olá €😀${kSeparator}bAQIDBA==`));
  test("may be empty", async () => assert.equal(await echoed(`4${kSeparator}b`), `4${kSeparator}b`));

  test("that are none end the session", async () => {
    for (const body of ["abc", "", "7", `4a${kSeparator}`, "b*", "b===="]) {
      const sid = await sidOf();
      await refusal(await post(sid, body), 400, 3, "Bad request");
      await refusal(await poll(sid), 400, 1, "Session ID unknown");
    }
    const sid = await sidOf();
    await refusal(await post(sid, Buffer.from([0x34, 0xff, 0xfe])), 400, 3, "Bad request");
    const bytes = await sidOf();
    await refusal(await post(bytes, "4a", calm, { "Content-Type": "application/octet-stream" }), 400, 3, "Bad request");
  });

  test("fill a payload to its limit and not beyond", async () => {
    assert.equal(await echoed(`4${"x".repeat(999_999)}`), `4${"x".repeat(999_999)}`);
    const sid = await sidOf();
    assert.equal((await post(sid, `4${"x".repeat(1_000_000)}`)).status, 413);
    assert.equal(await textOf(await post(sid, "4after")), "ok");
    assert.equal(await textOf(await poll(sid)), "4after");
  });

  test("a second poll ends the session, and the first hears of it", async () => {
    const sid = await sidOf();
    const answers = await Promise.all([poll(sid), poll(sid)]);
    const texts = await Promise.all(answers.map(async (answer) => `${answer.status} ${await answer.text()}`));
    assert.deepEqual(texts.sort(), ["200 1", '400 {"code":3,"message":"Bad request"}']);
    await refusal(await poll(sid), 400, 1, "Session ID unknown");
  });

  test("a poll that is given up ends the session", async () => {
    const sid = await sidOf();
    const given = await writtenPoll(sid);
    given.resume().end();   // TCP keeps the order: the server reads the poll, and then that nobody waits for it.
    await once(given, "close");
    assert.equal((await poll(sid)).status, 400);
    assert.equal((await poll(sid)).status, 400);
  });

  test("a client that leaves frees its poll", async () => {
    const sid = await sidOf();
    const polled = poll(sid);
    const [answer] = await Promise.all([polled, post(sid, "1").then(textOf)]);
    if (answer.status === 200) assert.equal(await answer.text(), "6"); // It may have come after the goodbye.
    else assert.equal(answer.status, 400);
    await refusal(await poll(sid), 400, 1, "Session ID unknown");
  });
});

describe("messages by WebSocket", () => {
  test("come as text and as bytes", async () => {
    const socket = await talk();
    assert.equal(await socket.say("4olá €😀").next(), "4olá €😀");
    assert.deepEqual(await socket.say(Uint8Array.from([1, 2, 3, 4])).next(), Buffer.from([1, 2, 3, 4]));
    assert.deepEqual(await socket.say(new Uint8Array(0)).next(), Buffer.alloc(0));
    const large = "4".padEnd(1_000_000, "x");
    assert.equal(await socket.say(large).next(), large);
    socket.close();
  });

  test("that are none end the session", async () => {
    for (const words of ["abc", "", "7", "2", "1"]) {
      const socket = await talk();
      assert.equal(await socket.say(words).next(), undefined, words);
    }
  });

  test("beyond the limit close with 1009", async () => {
    const socket = await talk();
    socket.say("4".padEnd(1_000_001, "x"));
    assert.equal(await socket.closed, 1009);
  });

  test("that nobody reads end the session", async () => {
    const socket = await talk();
    socket.socket._socket.pause();
    const large = "4".padEnd(1_000_000, "x");
    // What the kernel holds on both sides is not ours to say; the server's own backlog is four of these.
    for (let sent = 0; sent < 64 && socket.socket.readyState === WebSocket.OPEN; sent += 1) await new Promise((done) => socket.socket.send(large, done));
    socket.socket._socket.resume();
    assert.ok([1006, 1013].includes(await socket.closed));
  });
});

describe("heartbeat", () => {
  test("by polling: the server asks, the client answers", () => inTime(async () => {
    const sid = await sidOf(quick);
    for (let i = 0; i < 3; i += 1) {
      assert.equal(await textOf(await poll(sid, quick)), "2");
      assert.equal(await textOf(await post(sid, "3", quick)), "ok");
    }
  }));

  test("by WebSocket: the server asks, the client answers", () => inTime(async () => {
    const socket = await talk(quick, { pings: true });
    for (let i = 0; i < 3; i += 1) {
      assert.equal(await socket.next(), "2");
      socket.say("3");
    }
    assert.equal(await socket.next(), "2");
    socket.close();
  }));

  test("silence ends a session, whatever its transport", () => inTime(async () => {
    const sid = await sidOf(quick);
    const socket = await talk(quick, { pings: true });
    assert.equal(await socket.next(), "2");
    assert.equal(await socket.next(), undefined);
    let answer;
    do answer = await poll(sid, quick); while (answer.status === 200);   // It is asked, and never says that it is there.
    assert.equal(answer.status, 400);
  }));

  test("a client whose network is gone is let go of", async () => {
    const socket = connect(quick["engine-port"], "127.0.0.1");
    socket.on("error", () => {});
    socket.write("GET /engine.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    socket.resume();
    await once(socket, "end"); // It never says a word, and the server hangs up.
    socket.destroy();
  });
});

describe("upgrade", () => {
  const probed = async (sid) => {
    const socket = await Talk.open(wsAt(calm, `&sid=${sid}`));
    assert.equal(await socket.say("2probe").next(), "3probe");
    return socket;
  };

  // Several times, so that both reactors of the server take a part.
  test("goes from polling to WebSocket without losing what waits", async () => {
    for (let i = 0; i < 8; i += 1) {
      const sid = await sidOf();
      const socket = await probed(sid);
      assert.equal(await textOf(await poll(sid)), "6");
      await post(sid, `4by polling${kSeparator}4twice`);
      assert.equal(await socket.say("5").next(), "4by polling");
      assert.equal(await socket.next(), "4twice");
      assert.equal(await socket.say("4hello").next(), "4hello");
      socket.close();
    }
  });

  test("frees the poll that waits", async () => {
    const sid = await sidOf();
    const waiting = poll(sid);
    const socket = await probed(sid);
    assert.equal(await textOf(await waiting), "6");
    assert.equal(await socket.say("5").say("4hello").next(), "4hello");
    socket.close();
  });

  test("leaves nothing for polls and other sockets", async () => {
    const sid = await sidOf();
    const socket = await probed(sid);
    assert.equal(await socket.say("5").say("4one").next(), "4one");
    await refusal(await poll(sid), 400, 3, "Bad request");
    await refusal(await post(sid, "4a"), 400, 3, "Bad request");
    const second = await Talk.open(wsAt(calm, `&sid=${sid}`));
    assert.equal(await second.next(), undefined);
    assert.equal(await socket.say("4two").next(), "4two");
    socket.close();
  });

  test("takes one candidate at a time", async () => {
    const sid = await sidOf();
    const socket = await probed(sid);
    const second = await Talk.open(wsAt(calm, `&sid=${sid}`));
    assert.equal(await second.next(), undefined);
    assert.equal(await socket.say("5").say("4mine").next(), "4mine");
    socket.close();
  });

  test("by a candidate that says anything else leaves the session as it was", async () => {
    const sid = await sidOf();
    for (const words of ["4hello", "3probe", "abc", "2"]) {
      const socket = await Talk.open(wsAt(calm, `&sid=${sid}`));
      assert.equal(await socket.say(words).next(), undefined, words);
    }
    await post(sid, "4still polling");
    assert.equal(await textOf(await poll(sid)), "4still polling");
  });
});

describe("the official client", () => {
  for (const transports of [["polling"], ["websocket"], ["polling", "websocket"]]) {
    test(`by ${transports.join(" and then ")}`, async () => {
      const client = new Client(`http://127.0.0.1:${calm["engine-port"]}`, { transports });
      await once(client, "open");
      if (transports.length === 2) await once(client, "upgrade");
      const heard = [];
      const all = new Promise((done) => client.on("message", (data) => heard.push(data) === 3 && done()));
      client.send("olá");
      client.send(Uint8Array.from([1, 2, 3]));
      client.send("x".repeat(300_000));
      await all;
      assert.equal(heard[0], "olá");
      assert.deepEqual(Buffer.from(heard[1]), Buffer.from([1, 2, 3]));
      assert.equal(heard[2].length, 300_000);
      const closed = once(client, "close");
      client.close();
      await closed;
    });
  }
});

test("a server that stops says so and leaves nobody waiting", async () => {
  const program = await Program.start("sio_echo", ["port", "engine-port"], kCalm);
  const socket = await talk(program);
  const sid = await sidOf(program);
  const poller = await writtenPoll(sid, program), answer = once(poller.setEncoding("utf8"), "data");
  for (const words of ["4one", "4two"]) assert.equal(await socket.say(words).next(), words);   // Its one reactor has met the poll by now.
  const end = await program.stop();
  assert.deepEqual([end.code, end.signal], [0, null]);
  const [said] = await answer;
  assert.match(said, /^HTTP\/1\.1 200 [^]*\r\n\r\n1$/);
  await socket.closed;
});
