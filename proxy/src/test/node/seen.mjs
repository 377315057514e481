// Writes a line for each request once it has all of it: method, target, bytes of the body. Port: the first argument.
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  let bytes = 0;
  request.on('data', (piece) => (bytes += piece.length));
  request.on('end', () => {
    console.log(`${request.method} ${request.url} ${bytes}`);
    response.end('ok');
  });
});
server.on('clientError', (error, socket) => {
  // What ends in the middle is the proxy's way to break off; anything else is a request that only one of the two understands.
  if (error.code !== 'ECONNRESET' && error.code !== 'HPE_INVALID_EOF_STATE') {
    console.log(`REFUSED ${error.code} -`);
  }
  socket.destroy();
});
server.listen(Number(process.argv[2]), '127.0.0.1');
