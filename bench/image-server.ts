import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Answers every HEAD as a storage of images does; started by remote.ts, which it tells its port and ends with. */
const server = createServer({ keepAliveTimeout: 60_000 }, (_, response) => {
  response.writeHead(200, {
    "content-length": "1048576",
    "content-type": "application/octet-stream",
    "accept-ranges": "bytes",
  });
  response.end();
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.once("disconnect", () => process.exit());
