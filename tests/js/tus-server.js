// @ts-check
// The reference server of tus (https://github.com/tus/tus-node-server) over a folder; it prints its port:
// node tus-server.js FOLDER MAX_SIZE
import http from "node:http";

import { FileStore } from "@tus/file-store";
import { Server } from "@tus/server";

const [directory = ".", maxSize = "0"] = process.argv.slice(2);
const tus = new Server({
  path: "/files",
  relativeLocation: true,
  maxSize: Number(maxSize),
  datastore: new FileStore({ directory }),
});
const server = http.createServer((request, response) => void tus.handle(request, response));
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`${typeof address === "object" ? address?.port : ""}\n`);
});
