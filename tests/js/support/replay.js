// Gives recorded traffic to the page's own client and store: node replay.js FILE, a case on each line.
// Prints how many cases settled in the truth; ends with 1 at the first that did not.
import { deepStrictEqual } from "node:assert";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

import { LiveClient } from "../../../static/js/live/client.js";
import { Page } from "../../../static/js/live/page.js";
import { Store } from "../../../static/js/state/store.js";
import { FakeClock } from "./clock.js";
import { fakePage, FakeSocket } from "./socket.js";

/** The part of a task that a world knows; how far a failed one came is not told by its `error`. */
const known = ({ id, videoId, status, progress, seq }) => ({
  id, videoId, status, progress: status === "error" ? null : progress, seq,
});

const knownOf = (tasks) =>
  Object.fromEntries(Object.entries(tasks).map(([id, task]) => [id, known(task)]).sort());

/** Only a snapshot may take anything back. */
function assertForward(before, after) {
  for (const task of Object.values(after.tasks)) {
    const earlier = before.tasks[task.id];
    if (earlier && task.seq < earlier.seq) {
      throw new Error(`${task.id} went back from ${earlier.seq} to ${task.seq}`);
    }
  }
}

function replay({ received, truth }) {
  FakeSocket.instances = [];
  const clock = new FakeClock();
  const live = new LiveClient({ url: "ws://host/ws/", WebSocketClass: FakeSocket, clock, page: fakePage(), random: () => 0 });
  const page = new Page(live, new Store());
  live.start();
  let snapshot = true;
  page.store.addEventListener("change", (event) => {
    if (!snapshot) {
      assertForward(event.detail.before, event.detail.after);
    }
  });
  received.forEach((item, index) => {
    if (item.open) {
      if (index > 0) {
        FakeSocket.last.cut();
        clock.advance(clock.waits[0]);
      }
      FakeSocket.last.open();
      if (index === 0) {
        item.open.forEach((videoId) => page.watch(videoId));
      }
    } else {
      snapshot = JSON.parse(item.text).type === "subscribed";
      FakeSocket.last.say(item.text);
    }
  });
  deepStrictEqual(knownOf(page.store.state.tasks), knownOf(truth));
}

let settled = 0;
for await (const line of createInterface({ input: createReadStream(process.argv[2]) })) {
  const one = JSON.parse(line);
  try {
    replay(one);
  } catch (error) {
    console.log(`seed ${one.seed}: ${error.message}`);
    process.exit(1);
  }
  settled += 1;
}
console.log(`${settled} settled`);
