// Plays one scenario at the URL that it is given, and ends with 0 if all was as it should be.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import WebSocket from "ws";

const DEADLINE_MILLIS = 60_000;

const [url, scenario] = process.argv.slice(2);
setTimeout(() => process.exit(3), DEADLINE_MILLIS).unref();

async function open(protocols = []) {
  const socket = new WebSocket(url, protocols, { maxPayload: 16 << 20 });
  await once(socket, "open");
  return socket;
}

async function echoed(socket, data) {
  const answer = once(socket, "message");
  socket.send(data);
  return (await answer)[0];
}

const scenarios = {
  async echoes() {
    const socket = await open(["chat.v1", "chat.v2"]);
    assert.equal(socket.protocol, "chat.v2");
    assert.equal((await echoed(socket, "häh?")).toString(), "häh?");
    for (let i = 0; i < 8; i++) {
      const data = randomBytes(1 << 20);
      assert.ok(data.equals(await echoed(socket, data)));
    }
    socket.close(1000);
    assert.equal((await once(socket, "close"))[0], 1000);
  },

  async pings() {
    const socket = await open();
    const pong = once(socket, "pong");
    socket.ping("are you there");
    assert.equal((await pong)[0].toString(), "are you there");
    socket.terminate();
  },

  async closes() {
    const mine = await open();
    mine.close(4001, "enough");
    assert.equal((await once(mine, "close"))[0], 4001);
    const theirs = await open();
    const closed = once(theirs, "close");
    theirs.send("close 4002");
    const [code, reason] = await closed;
    assert.equal(code, 4002);
    assert.equal(reason.toString(), "as told");
  },

  async loses() {
    const socket = await open();
    socket.on("error", () => {});
    const closed = once(socket, "close");
    socket.send("die");
    assert.equal((await closed)[0], 1006);
  },

  async many() {
    const sockets = await Promise.all(Array.from({ length: 12 }, () => open()));
    await Promise.all(sockets.map(async (socket, i) => {
      for (let round = 0; round < 20; round++) {
        assert.equal((await echoed(socket, `${i}/${round}`)).toString(), `${i}/${round}`);
      }
      socket.close();
      await once(socket, "close");
    }));
  },

  async refused() {
    const socket = new WebSocket(url);
    const [, response] = await once(socket, "unexpected-response");
    assert.equal(response.statusCode, 200);
    socket.on("error", () => {});
    socket.terminate();
  },
};

await scenarios[scenario]();
