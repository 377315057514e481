// A WebSocket server: sends back what comes, closes and dies when told to.
import { createServer } from "node:http";
import { WebSocketServer } from "ws";

const server = createServer((request, response) => response.end("plain"));
const sockets = new WebSocketServer({
  server,
  maxPayload: 16 << 20,
  perMessageDeflate: process.argv[2] === "compress",
  handleProtocols: (offered) => (offered.has("chat.v2") ? "chat.v2" : false),
});

sockets.on("connection", (socket) => {
  socket.on("error", () => {});
  socket.on("message", (data, binary) => {
    const text = binary ? "" : data.toString();
    if (text.startsWith("close ")) socket.close(Number(text.slice("close ".length)), "as told");
    else if (text === "die") socket.terminate();
    else socket.send(data, { binary });
  });
});

server.listen(0, "127.0.0.1", () => console.log(`listening ${server.address().port}`));
process.stdin.on("end", () => process.exit()).resume();
