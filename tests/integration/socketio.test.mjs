// Socket.IO (protocol 5): byte by byte as its document has it, and with the official client by every way it has.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { after, before, describe, test } from "node:test";
import { io } from "socket.io-client";
import { freePort, until } from "../lib/world.mjs";
import { kCalm, Program, Talk } from "../lib/socketio.mjs";

let echo, fixture, single;
before(async () => {
  echo = await Program.start("sio_echo", ["port", "engine-port"], { ...kCalm, "attachments-timeout": 1_000, reactors: 2 });
  fixture = await Program.start("sio_fixture", ["port"], { reactors: 2 });
  single = await Program.start("sio_fixture", ["port"]);
});
after(() => Promise.all([echo?.stop(), fixture?.stop(), single?.stop()]));

const wsAt = (program) => `ws://127.0.0.1:${program.port}/socket.io/?EIO=4&transport=websocket`;
const engine = async (program = echo) => {
  const socket = await Talk.open(wsAt(program));
  assert.match(await socket.next(), /^0\{/);
  return socket;
};
const joined = async (program = echo, nsp = "") => {
  const socket = await engine(program);
  assert.match(await socket.say(`40${nsp}`).next(), /^40/);
  assert.match(await socket.next(), /^42.*"auth"/);
  return socket;
};

describe("connecting", () => {
  for (const [words, answer, greeting] of [
    ["40", /^40\{"sid":"[\w-]{20}"\}$/, '42["auth",{}]'],
    ['40{"token":"123"}', /^40\{"sid":"[\w-]{20}"\}$/, '42["auth",{"token":"123"}]'],
    ["40/custom,", /^40\/custom,\{"sid":"[\w-]{20}"\}$/, '42/custom,["auth",{}]'],
    ['40/custom,{"token":"abc"}', /^40\/custom,\{"sid":"[\w-]{20}"\}$/, '42/custom,["auth",{"token":"abc"}]'],
  ]) {
    test(words, async () => {
      const socket = await engine();
      assert.match(await socket.say(words).next(), answer);
      assert.equal(await socket.next(), greeting);
      socket.close();
    });
  }

  test("to a namespace that is not there is refused, and others may be tried", async () => {
    const socket = await engine();
    assert.equal(await socket.say("40/random").next(), '44/random,{"message":"Invalid namespace"}');
    assert.match(await socket.say("40").next(), /^40\{/);
    socket.close();
  });

  test("is asked of everybody in time", async () => {
    const socket = await engine();
    assert.equal(await socket.next(), undefined);
  });

  test("gives another id than the transport's", async () => {
    const socket = await Talk.open(wsAt(echo));
    const { sid } = JSON.parse((await socket.next()).slice(1));
    assert.notEqual(JSON.parse((await socket.say("40").next()).slice(2)).sid, sid);
    socket.close();
  });
});

describe("leaving", () => {
  test("one namespace leaves the others", async () => {
    const socket = await joined();
    assert.match(await socket.say("40/custom").next(), /^40\/custom,/);
    assert.equal(await socket.next(), '42/custom,["auth",{}]');
    socket.say("41/custom");
    assert.equal(await socket.say('42["message","message to main namespace"]').next(), '42["message-back","message to main namespace"]');
    socket.close();
  });

  test("the last leaves the connection, and one may come back", async () => {
    const socket = await joined();
    assert.match(await socket.say("41").say("40").next(), /^40\{/);
    socket.close();
  });
});

describe("messages", () => {
  for (const [words, answer] of [
    ['42["message",1,"2",{"3":[true]}]', '42["message-back",1,"2",{"3":[true]}]'],
    ['42["message"]', '42["message-back"]'],
    ['42["message","olá €😀 \\u00e9\\n"]', '42["message-back","olá €😀 \\u00e9\\n"]'],
    ['42456["message-with-ack",1,"2",{"3":[false]}]', '43456[1,"2",{"3":[false]}]'],
    ['420["message-with-ack"]', "430[]"],
  ]) {
    test(words, async () => {
      const socket = await joined();
      assert.equal(await socket.say(words).next(), answer);
      socket.close();
    });
  }

  const kTwo = '{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}';
  for (const [words, answer] of [
    [`452-["message",${kTwo}]`, `452-["message-back",${kTwo}]`],
    [`452-789["message-with-ack",${kTwo}]`, `462-789[${kTwo}]`],
  ]) {
    test(words, async () => {
      const socket = await joined();
      assert.equal(await socket.say(words).say(Buffer.from([1, 2, 3])).say(Buffer.from([4, 5, 6])).next(), answer);
      assert.deepEqual(await socket.next(), Buffer.from([1, 2, 3]));
      assert.deepEqual(await socket.next(), Buffer.from([4, 5, 6]));
      socket.close();
    });
  }

  test("that nobody listens to do no harm", async () => {
    const socket = await joined();
    assert.equal(await socket.say('42["unheard",1]').say('4399["an answer to nothing"]').say('42["message",1]').next(), '42["message-back",1]');
    socket.close();
  });
});

describe("the connection closes", () => {
  for (const words of ["4abc", "47", "42", "42{}", "42[]", '42abc["message-with-ack",1]', '42["disconnect"]', '42["newListener"]', '44{"message":"no"}', "40", '42/custom,["message"]', "41/custom", "43/custom,1[]",
    '42["a"', '451["message"]', '450-["message"]', `4511-["message"${',{"_placeholder":true,"num":0}'.repeat(11)}]`, '451-["message",{"_placeholder":true,"num":1}]', `42["message",${"[".repeat(100)}${"]".repeat(100)}]`, `42/${"n".repeat(200)},["a"]`]) {
    test(`on ${words.slice(0, 60)}`, async () => {
      const socket = await joined();
      assert.equal(await socket.say(words).next(), undefined);
    });
  }

  test("on a handshake that is none", async () => {
    const socket = await engine();
    assert.equal(await socket.say("4abc").next(), undefined);
  });

  test("on text where bytes are due, and bytes where none are", async () => {
    const one = await joined();
    assert.equal(await one.say('451-["message",{"_placeholder":true,"num":0}]').say('42["message"]').next(), undefined);
    const two = await joined();
    assert.equal(await two.say(Buffer.from([1])).next(), undefined);
  });

  test("on attachments that never come", async () => {
    const socket = await joined();
    assert.equal(await socket.say('452-["message",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]').say(Buffer.from([1])).next(), undefined);
  });
});

// ---- The official client.

const kWays = { polling: { transports: ["polling"] }, websocket: { transports: ["websocket"] }, upgrade: { transports: ["polling", "websocket"] } };
const url = (program, path = "") => `http://127.0.0.1:${program.port}${path}`;
const client = (program, path, options = {}) => io(url(program, path), { forceNew: true, reconnectionDelay: 10, ...options });
const next = async (socket, event) => (await once(socket, event))[0];
const asked = async (socket, question, answer, ...args) => {
  const coming = next(socket, answer);
  socket.emit(question, ...args);
  return coming;
};

for (const [way, options] of Object.entries(kWays)) {
  describe(`the official client by ${way}`, () => {
    let main;
    before(async () => {
      main = client(fixture, "/", options);
      await once(main, "connect");
      if (way === "upgrade" && main.io.engine.transport.name !== "websocket") await once(main.io.engine, "upgrade");
    });
    after(() => main.disconnect());

    test("says hi and is answered", async () => {
      await asked(main, "hi", "hi");
      assert.equal(await main.emitWithAck("echo", 123), 123);
      assert.deepEqual(await main.emitWithAck("echo", { a: [null, "ç"] }), { a: [null, "ç"] });
      assert.equal(await main.emitWithAck("getId"), main.id);
      assert.notEqual(main.id, main.io.engine.id);
    });

    test("answers a question of the server's", async () => {
      const got = once(main, "got it");
      main.once("ack", (answer) => answer(5, { test: true }));
      main.emit("ack");
      await got;
    });

    test("receives dates, words of every script, and false", async () => {
      assert.ok(Math.abs(Date.parse(await main.emitWithAck("getAckDate", { test: true })) - Date.now()) < 60_000);
      assert.ok(Math.abs(Date.parse(await asked(main, "getDate", "takeDate")) - Date.now()) < 60_000);
      assert.ok(Math.abs(Date.parse((await asked(main, "getDateObj", "takeDateObj")).date) - Date.now()) < 60_000);
      assert.equal(await asked(main, "false", "false"), false);
      const words = [];
      const all = new Promise((done) => main.on("takeUtf8", (text) => words.push(text) === 5 && done()));
      main.emit("getUtf8");
      await all;
      assert.deepEqual(words, ["てすと", "Я Б Г Д Ж Й", "Ä ä Ü ü ß", "utf8 — string", "utf8 — string"]);
    });

    test("sends and receives bytes, alone and inside of objects", async () => {
      assert.equal(Buffer.from(await asked(main, "doge", "doge")).toString(), "asdfasdf");
      assert.equal(Buffer.from(await asked(main, "getbin", "takebin")).toString(), "asdfasdf");
      await asked(main, "buffa", "buffack", Buffer.from("asdfasdf"));
      await asked(main, "jsonbuff", "jsonbuff-ack", { hello: "lol", message: Buffer.from("howdy"), goodbye: "gotcha" });
      main.emit("abuff1", Buffer.from("abuff1"));
      await asked(main, "abuff2", "abuff2-ack", "please arrive second");
      await asked(main, "blob", "back", Buffer.from("hello world"));
      await asked(main, "jsonblob", "jsonblob-ack", { hello: "lol", message: Buffer.from("EEEEEEEEE"), goodbye: "gotcha" });
      main.emit("blob1", Buffer.from("first"));
      main.emit("blob2", "second");
      await asked(main, "blob3", "blob3-ack", Buffer.from("third"));
      const back = await main.emitWithAck("echo", { a: Buffer.from([1, 2]), b: [Buffer.from([3])] });
      assert.deepEqual([Buffer.from(back.a), Buffer.from(back.b[0])], [Buffer.from([1, 2]), Buffer.from([3])]);
    });

    test("tells the handshake as Socket.IO does", async () => {
      const other = client(fixture, "/abc", { ...options, query: { "&a": "&=?a", b: "c" }, auth: { a: "b", c: "d" }, extraHeaders: { "X-Word": "ola" } });
      const told = await next(other, "handshake");
      assert.deepEqual(Object.keys(told), ["headers", "time", "address", "xdomain", "secure", "issued", "url", "query", "auth"]);
      assert.equal(told.headers["x-word"], "ola");
      assert.equal(told.headers.host, `127.0.0.1:${fixture.port}`);
      assert.equal(told.address, "127.0.0.1");
      assert.deepEqual([told.xdomain, told.secure], [false, false]);
      assert.ok(Math.abs(told.issued - Date.now()) < 60_000);
      assert.ok(Math.abs(Date.parse(told.time) - told.issued) < 2_000);
      assert.match(told.url, /^\/socket\.io\/\?/);
      assert.deepEqual([told.query["&a"], told.query.b, told.query.EIO], ["&=?a", "c", "4"]);
      assert.deepEqual(told.auth, { a: "b", c: "d" });
      other.disconnect();
      assert.deepEqual(Object.keys(await main.emitWithAck("getHandshake")), Object.keys(told));
    });

    test("joins several namespaces over one connection, and leaves them one by one", async () => {
      const foo = main.io.socket("/foo");
      const asd = main.io.socket("/asd");
      await Promise.all([once(foo, "connect"), once(asd, "connect")]);
      assert.equal(await foo.emitWithAck("getId"), foo.id);
      foo.disconnect();
      assert.equal(foo.id, undefined);
      assert.equal(await main.emitWithAck("echo", "still here"), "still here");
      assert.equal(asd.connected, true);
      asd.disconnect();
    });

    test("hears why it may not come in", async () => {
      for (const [path, message] of [["/no", "Auth failed (custom namespace)"], ["/?fail=true", "Auth failed (main namespace)"], ["/nowhere", "Invalid namespace"]]) {
        const refused = client(fixture, path, options);
        assert.equal((await next(refused, "connect_error")).message, message);
        refused.disconnect();
      }
    });

    test("leaves and comes back under another name", async () => {
      const socket = client(fixture, "/valid", options);
      await once(socket, "connect");
      const id = socket.id;
      const left = once(socket, "disconnect");
      socket.disconnect();
      assert.equal((await left)[0], "io client disconnect");
      await once(socket.connect(), "connect");
      assert.notEqual(socket.id, id);
      socket.disconnect();
    });

    test("that was cut off before it heard anything starts anew", async () => {
      const socket = client(fixture, "/valid", options);
      await once(socket, "connect");
      const id = socket.id;
      const again = once(socket, "connect");
      socket.io.engine.close();
      await again;
      assert.equal(socket.recovered, false);
      assert.notEqual(socket.id, id);
      socket.disconnect();
    });

    test("that was cut off later is who it was", async () => {
      for (let i = 0; i < 6; i += 1) { // Both reactors come to remember it, and to be asked.
        const socket = client(fixture, "/", options);
        await asked(socket, "hi", "hi");
        const id = socket.id;
        for (let cut = 0; cut < 2; cut += 1) {
          const again = once(socket, "connect");
          socket.io.engine.close();
          await again;
          assert.equal(socket.recovered, true);
          assert.equal(socket.id, id);
        }
        await asked(socket, "hi", "hi");
        socket.disconnect();
      }
    });

    test("keeps a thousand messages in order", async () => {
      const answers = await Promise.all(Array.from({ length: 1_000 }, (_, i) => main.emitWithAck("echo", i)));
      assert.deepEqual(answers, Array.from({ length: 1_000 }, (_, i) => i));
    });
  });
}

// Takes connections for the server, and cuts them without a word to it or to the client.
class Cutter {
  static async start(target) {
    const cutter = new Cutter();
    const { connect } = await import("node:net");
    cutter.pairs = new Set();
    cutter.server = createServer((near) => {
      const far = connect(target, "127.0.0.1");
      const pair = [near, far];
      cutter.pairs.add(pair);
      for (const [from, to] of [pair, [far, near]]) from.on("data", (chunk) => {
        if (from === far && cutter.silent) return cutter.asked?.(); // The server has begun to answer.
        to.write(chunk);
      }).on("error", () => {}).on("close", () => { to.destroy(); cutter.pairs.delete(pair); });
    });
    cutter.port = await freePort();
    await new Promise((done) => cutter.server.listen(cutter.port, "127.0.0.1", done));
    return cutter;
  }

  cut() { for (const [near, far] of this.pairs) { near.destroy(); far.destroy(); } }

  stop() { this.cut(); this.server.close(); }
}

for (const [way, options] of Object.entries(kWays)) {
  test(`what a client misses while it is cut off comes once and in order, by ${way}`, async () => {
    const cutter = await Cutter.start(fixture.port);
    const socket = io(`http://127.0.0.1:${cutter.port}`, { forceNew: true, reconnectionDelay: 10, reconnectionDelayMax: 20, ...options });
    try {
      const heard = [];
      socket.on("takeUtf8", (text) => heard.push(text));
      await asked(socket, "hi", "hi");
      const id = socket.id;
      for (let round = 1; round <= 10; round += 1) {
        // The server answers five times, and the connection takes them down with it: some rounds before the question
        // reaches the server, some before the client is known to be gone.
        cutter.silent = true;
        const asking = new Promise((done) => { cutter.asked = done; });
        socket.emit("getUtf8");
        if (round % 3) await asking;
        const again = once(socket, "connect");
        let gone = false;
        socket.once("disconnect", () => { gone = true; });
        await until("the client to see that it is cut off", () => { cutter.cut(); return gone; });
        cutter.silent = false;
        await again;
        assert.deepEqual([socket.recovered, socket.id], [true, id], `round ${round}`);
        assert.ok(heard.length <= round * 5, `${heard.length} after ${round} rounds`);
      }
      await socket.emitWithAck("echo", "all of it");
      assert.ok(heard.length > 0, "a question has reached the server");
      assert.equal(heard.length % 5, 0);
      for (let i = 0; i < heard.length; i += 5) assert.deepEqual(heard.slice(i, i + 5), ["てすと", "Я Б Г Д Ж Й", "Ä ä Ü ü ß", "utf8 — string", "utf8 — string"]);
    } finally {
      socket.disconnect();
      cutter.stop();
    }
  });
}

test("with one reactor recovery needs nobody else", async () => {
  for (let i = 0; i < 20; i += 1) {
    const socket = client(single, "/", kWays.websocket);
    await asked(socket, "hi", "hi");
    socket.io.engine.close();
    await once(socket, "connect");
    assert.equal(socket.recovered, true);
    socket.disconnect();
  }
});
