import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { restoredVideos } from "../../../static/js/state/changes.js";
import { isDeleted, tasksOf } from "../../../static/js/state/selectors.js";
import { EMPTY_STATE } from "../../../static/js/state/state.js";
import { reduce } from "../../../static/js/state/reducer.js";
import { subscribed, subscribedToAll, taskEvent, taskState, videoEvent } from "../support/tasks.js";

const after = (...events) => events.reduce(reduce, EMPTY_STATE);
const other = (changes) => taskState({ id: "t2", videoId: "v2", ...changes });

describe("one page that subscribes to all and to one video", () => {
  test("keeps the video's own snapshot, whichever snapshot arrives first", () => {
    const own = subscribed([taskState({ seq: 3 }), taskState({ id: "old" })]);
    const all = subscribedToAll({ v2: [other()] });
    assert.deepEqual(Object.keys(after(own, all).tasks).sort(), ["old", "t1", "t2"]);
    assert.deepEqual(Object.keys(after(all, own).tasks).sort(), ["old", "t1", "t2"]);
  });

  test("takes newer values from the snapshot of all, since the server does not send them again", () => {
    const state = after(
      subscribed([taskState({ seq: 3, status: "processing" })]),
      subscribedToAll({ v1: [taskState({ seq: 5, status: "complete" }), taskState({ id: "new" })] }),
    );
    assert.equal(state.tasks.t1.status, "complete");
    assert.ok(state.tasks.new);
  });

  test("does not take older values from it", () => {
    const own = subscribed([taskState({ seq: 9, status: "complete" })]);
    assert.equal(after(own, subscribedToAll({ v1: [taskState({ seq: 2 })] })).tasks.t1.status, "complete");
  });

  test("ignores its own snapshot after it has unsubscribed", () => {
    const state = after(subscribed([taskState()]), { type: "unsubscribed", videoId: "v1", data: {} }, subscribedToAll({}));
    assert.deepEqual(state.tasks, {});
  });
});

/**
 * A server of two videos, and one socket to it. As the real one, it sends nothing of a subject that
 * a snapshot told already, whoever that snapshot was for.
 */
class Server {
  seqs = { t1: 1, t2: 1, v1: 0 };
  told = {};
  state = EMPTY_STATE;
  deleted = false;

  constructor(random) {
    this.random = random;
  }

  tasks(videoId) {
    const id = videoId === "v1" ? "t1" : "t2";
    return [taskState({ id, videoId, seq: this.seqs[id], progress: this.seqs[id] })];
  }

  /** The page takes an event; it asks again for a video that is there again. */
  take(event) {
    const before = this.state;
    this.state = reduce(before, event);
    if (restoredVideos(before, this.state).length) {
      this.one();
      this.all();
    }
  }

  video() {
    return videoEvent(this.seqs.v1, { state: this.deleted ? "deleted" : "ready", deleted: this.deleted }).data;
  }

  change() {
    const id = this.random() < 0.5 ? "t1" : "t2";
    this.seqs[id] += 1;
  }

  tell() {
    for (const [id, videoId] of [["t1", "v1"], ["t2", "v2"]]) {
      if (this.seqs[id] > (this.told[id] ?? 0)) {
        this.told[id] = this.seqs[id];
        this.take(taskEvent(this.tasks(videoId)[0]));
      }
    }
    if (this.seqs.v1 > (this.told.v1 ?? 0)) {
      this.told.v1 = this.seqs.v1;
      this.take({ type: "video", videoId: "v1", data: this.video() });
    }
  }

  turn() {
    this.deleted = !this.deleted;
    this.seqs.v1 += 1;
  }

  one() {
    if (!this.deleted) {
      Object.assign(this.told, { t1: this.seqs.t1, v1: this.seqs.v1 });
      const data = { video: this.video(), tasks: this.tasks("v1"), upload: null };
      this.take({ type: "subscribed", videoId: "v1", data });
    }
  }

  all() {
    Object.assign(this.told, { t1: this.seqs.t1, t2: this.seqs.t2, v1: this.seqs.v1 });
    const event = subscribedToAll({ v1: this.deleted ? [] : this.tasks("v1"), v2: this.tasks("v2") });
    event.data.videos.v1.video = this.video();
    this.take(event);
  }
}

test("in any order of changes, deletions and snapshots the page ends with the server's state", () => {
  let seed = 11;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  for (let round = 0; round < 400; round += 1) {
    const server = new Server(random);
    server.one();
    server.all();
    for (let step = 0; step < 25; step += 1) {
      const actions = [server.change, server.change, server.tell, server.turn, server.one, server.all];
      actions[Math.floor(random() * actions.length)].call(server);
    }
    server.tell();
    const expected = [...(server.deleted ? [] : server.tasks("v1")), ...server.tasks("v2")];
    const shown = tasksOf(server.state, "*").map(({ id, progress }) => [id, progress]).sort();
    assert.equal(isDeleted(server.state, "v1"), server.deleted, `round ${round}`);
    assert.deepEqual(shown, expected.map(({ id, progress }) => [id, progress]).sort(), `round ${round}`);
  }
});
