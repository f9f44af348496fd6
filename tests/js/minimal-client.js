// The smallest client there can be: it knows four kinds of message and nothing else.
// node minimal-client.js ws://127.0.0.1:8000/ws/ VIDEO_ID TOKEN
// Prints each message as a line of JSON; ends with 0 at `complete`, with 1 at `error`.
import WebSocket from "ws";

const [url, videoId, token] = process.argv.slice(2);
const socket = new WebSocket(url, { headers: { Authorization: `Bearer ${token}` } });

const endings = { complete: 0, error: 1 };

socket.on("open", () => socket.send(JSON.stringify({ type: "subscribe", videoId })));

socket.on("message", (text) => {
  const message = JSON.parse(String(text));
  console.log(JSON.stringify(message));
  if (message.type in endings) {
    process.exitCode = endings[message.type];
    socket.close();
  }
});

socket.on("error", (error) => {
  console.error(error.message);
  process.exitCode = 2;
});
