// @ts-check
// Uploads a file with tus-js-client and says how it went, as one line of JSON:
// node tus-client.js ENDPOINT TOKEN FILE STORAGE STOP_AT [defer]
// STORAGE remembers the upload between runs; STOP_AT is a number of bytes, or 0 for all; `defer` says
// the length at the end only.
import { createReadStream, statSync } from "node:fs";
import { PassThrough } from "node:stream";

import { FileUrlStorage, Upload } from "tus-js-client";

const [endpoint, token, file, storage, stopAt, defer] = process.argv.slice(2);
const acknowledged = /** @type {number[]} */ ([]);
let videoId = "";
let resumedFrom = 0;

/** @param {object} result */
function say(result) {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

const stream = createReadStream(file);
// Of a stream that is no file it does not know the length before its end.
const upload = new Upload(defer ? stream.pipe(new PassThrough()) : stream, {
  endpoint,
  chunkSize: 8 * 1024 * 1024,
  ...(defer ? { uploadLengthDeferred: true } : { uploadSize: statSync(file).size }),
  headers: { Authorization: `Bearer ${token}` },
  metadata: { filename: file.split("/").at(-1) ?? "" },
  urlStorage: new FileUrlStorage(storage),
  fingerprint: () => Promise.resolve(file),
  retryDelays: null,
  onAfterResponse: (_request, response) => {
    videoId = response.getHeader("Video-Id") ?? videoId;
  },
  onChunkComplete: (_size, accepted) => {
    acknowledged.push(accepted);
    if (Number(stopAt) && accepted >= Number(stopAt)) {
      void upload.abort().then(() => say({ stopped: accepted }));
    }
  },
  onSuccess: () => say({ videoId, resumedFrom, acknowledged }),
  onError: (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  },
});

const [previous] = await upload.findPreviousUploads();
if (previous) {
  upload.resumeFromPreviousUpload(previous);
  const answer = await fetch(previous.uploadUrl ?? "", {
    method: "HEAD",
    headers: { Authorization: `Bearer ${token}`, "Tus-Resumable": "1.0.0" },
  });
  resumedFrom = Number(answer.headers.get("Upload-Offset"));
}
upload.start();
