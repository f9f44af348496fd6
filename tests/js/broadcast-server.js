// A broadcast server on `ws` with the protocol of docs/protocol.md, to compare with.
// node broadcast-server.js PORT; POST /bench/publish?rate=&seconds=&videos=1&first= publishes.
import { createServer } from "node:http";
import { WebSocketServer } from "ws";

const PADDING = "x".repeat(330);
const TICK_MS = 1;

/** @type {Map<string, Set<import("ws").WebSocket>>} */
const groups = new Map();

/** `due` in monotonic nanoseconds: one that is published late counts as late. */
function text(videoId, seq, due) {
  const at = String(Math.round(due)).padStart(19, "0");
  return `{"type": "task", "videoId": "${videoId}", "data": {"at": "${at}", "seq": ${seq}, "padding": "${PADDING}"}}`;
}

function broadcast(videoId, seq, due) {
  const message = text(videoId, seq, due);
  for (const socket of groups.get(videoId) ?? []) {
    socket.send(message);
  }
}

const now = () => Number(process.hrtime.bigint());

function publish({ rate, seconds, first }) {
  const count = Math.floor(rate * seconds);
  const videoIds = [...groups.keys()];
  const began = now();
  let done = 0;
  const timer = setInterval(() => {
    const due = Math.min(count, Math.floor(((now() - began) / 1e9) * rate) + 1);
    for (; done < due; done += 1) {
      broadcast(videoIds[done % videoIds.length], first + done, began + (done / rate) * 1e9);
    }
    if (done >= count) {
      clearInterval(timer);
    }
  }, TICK_MS);
  return count;
}

const http = createServer((request, response) => {
  const query = Object.fromEntries(new URL(request.url, "http://localhost").searchParams);
  const numbers = Object.fromEntries(Object.entries(query).map(([key, value]) => [key, Number(value)]));
  const events = request.url.startsWith("/bench/publish") ? publish(numbers) : 0;
  response.end(JSON.stringify({ events }));
});

const server = new WebSocketServer({ server: http, path: "/ws/", maxPayload: 16 * 1024 });

server.on("connection", (socket) => {
  const joined = new Set();
  socket.on("message", (data) => {
    const { type, videoId } = JSON.parse(String(data));
    if (type === "subscribe") {
      joined.add(videoId);
      groups.set(videoId, (groups.get(videoId) ?? new Set()).add(socket));
      socket.send(JSON.stringify({ type: "subscribed", videoId, data: { tasks: [], upload: null } }));
    }
  });
  socket.on("close", () => joined.forEach((videoId) => groups.get(videoId)?.delete(socket)));
});

http.listen(Number(process.argv[2]), "127.0.0.1", 4096);
