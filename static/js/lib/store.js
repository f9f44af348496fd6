// @ts-check
/** @import { ServerEvent, TaskState, UploadState } from "./types.js" */

/**
 * What the page knows. Values are never changed in place: a new event makes a new state.
 *
 * @typedef {object} State
 * @property {Readonly<Record<string, TaskState>>} tasks by task id
 * @property {Readonly<Record<string, UploadState>>} uploads by video id, those under way
 * @property {readonly string[]} heard ids of videos whose snapshot has come, "*" for all
 */

/** @type {State} */
export const NOTHING = Object.freeze({
  tasks: Object.freeze({}),
  uploads: Object.freeze({}),
  heard: Object.freeze([]),
});

/** @type {ReadonlySet<string>} */
const TERMINAL = new Set(["complete", "error", "cancelled"]);

/**
 * @param {{status: string}} task
 * @returns {boolean} whether nothing more will happen to the task by itself
 */
export function isTerminal(task) {
  return TERMINAL.has(task.status);
}

/**
 * @param {string} id
 * @param {string} videoId
 * @param {Partial<TaskState>} known
 * @returns {TaskState}
 */
function task(id, videoId, known) {
  return {
    name: "",
    operation: "",
    status: "pending",
    progress: 0,
    message: "",
    step: null,
    etaSeconds: null,
    queuePosition: null,
    startsInSeconds: null,
    seq: -1,
    outputs: [],
    error: null,
    housekeeping: false,
    createdAt: "",
    ...known,
    id,
    videoId: known.videoId || videoId,
  };
}

/**
 * @param {{seq?: number}|undefined} known
 * @param {unknown} seq
 * @returns {boolean} whether an event says something newer than what is known
 */
function isNewer(known, seq) {
  return typeof seq !== "number" || seq > (known?.seq ?? -Infinity);
}

/**
 * @template T
 * @param {Readonly<Record<string, T>>} record
 * @param {(value: T, key: string) => boolean} keep
 * @returns {Record<string, T>}
 */
function filter(record, keep) {
  return Object.fromEntries(Object.entries(record).filter(([key, value]) => keep(value, key)));
}

/**
 * A snapshot of one video replaces all that was known of it, newer or not.
 *
 * @param {State} state
 * @param {string} videoId
 * @param {Record<string, any>} data
 * @returns {State}
 */
function replaceVideo(state, videoId, data) {
  const tasks = filter(state.tasks, (known) => known.videoId !== videoId);
  for (const each of data.tasks ?? []) {
    tasks[each.id] = task(each.id, videoId, each);
  }
  const uploads = filter(state.uploads, (_, id) => id !== videoId);
  if (data.upload) {
    uploads[videoId] = data.upload;
  }
  const heard = state.heard.includes(videoId) ? state.heard : [...state.heard, videoId];
  return { tasks, uploads, heard };
}

/**
 * @param {State} state
 * @param {string} videoId
 * @param {Record<string, any>} data
 * @returns {State}
 */
function snapshot(state, videoId, data) {
  if (videoId !== "*") {
    return replaceVideo(state, videoId, data);
  }
  /** @type {State} */
  const fresh = { ...NOTHING, heard: ["*"] };
  return Object.entries(data.videos ?? {}).reduce(
    (known, [id, video]) => replaceVideo(known, id, video),
    fresh,
  );
}

/**
 * @param {State} state
 * @param {string} videoId
 * @param {string} id
 * @param {Record<string, any>} change
 * @returns {State} the same state where the change is not newer
 */
function changeTask(state, videoId, id, change) {
  const known = state.tasks[id];
  if (!isNewer(known, change.seq)) {
    return state;
  }
  const changed = task(id, videoId, { ...known, ...change });
  return { ...state, tasks: { ...state.tasks, [id]: changed } };
}

/**
 * @param {State} state
 * @param {string} videoId
 * @param {Record<string, any>} data
 * @returns {State}
 */
function changeUpload(state, videoId, data) {
  const known = state.uploads[videoId];
  if (!isNewer(known, data.seq)) {
    return state;
  }
  const upload = /** @type {UploadState} */ ({ ...known, ...data });
  return { ...state, uploads: { ...state.uploads, [videoId]: upload } };
}

/**
 * @param {State} state
 * @param {string} videoId
 * @returns {State}
 */
function endUpload(state, videoId) {
  if (!(videoId in state.uploads)) {
    return state;
  }
  return { ...state, uploads: filter(state.uploads, (_, id) => id !== videoId) };
}

/**
 * @param {State} state
 * @param {string} videoId
 * @param {Record<string, any>} data
 * @returns {State}
 */
function progress(state, videoId, { taskId, percent, ...rest }) {
  return taskId
    ? changeTask(state, videoId, taskId, { status: "processing", ...rest, progress: percent })
    : changeUpload(state, videoId, { percent, ...rest });
}

/**
 * @param {State} state
 * @param {string} videoId
 * @param {Record<string, any>} data
 * @returns {State}
 */
function complete(state, videoId, { taskId, outputs, outputUrl, seq }) {
  if (!taskId) {
    return endUpload(state, videoId);
  }
  const main = { id: "", url: outputUrl, name: "", kind: "", bytes: 0 };
  return changeTask(state, videoId, taskId, {
    status: "complete",
    progress: 100,
    indeterminate: false,
    outputs: outputs ?? [main],
    error: null,
    seq,
  });
}

/**
 * @param {State} state
 * @param {string} videoId
 * @param {Record<string, any>} data
 * @returns {State}
 */
function failure(state, videoId, { taskId, seq, ...error }) {
  return taskId
    ? changeTask(state, videoId, taskId, { status: "error", error, seq })
    : endUpload(state, videoId);
}

/**
 * The state after an event of the server. Events of unknown types change nothing.
 *
 * @param {State} state
 * @param {ServerEvent} event
 * @returns {State}
 */
export function reduce(state, { type, videoId, data }) {
  if (!videoId) {
    return state;
  }
  switch (type) {
    case "subscribed":
      return snapshot(state, videoId, data);
    case "progress":
      return progress(state, videoId, data);
    case "complete":
      return complete(state, videoId, data);
    case "error":
      return failure(state, videoId, data);
    case "task":
      return data.id ? changeTask(state, videoId, data.id, data) : state;
    default:
      return state;
  }
}

/**
 * @param {State} state
 * @param {string} videoId or "*" for all
 * @returns {TaskState[]} newest first
 */
export function tasksOf(state, videoId) {
  return Object.values(state.tasks)
    .filter((each) => videoId === "*" || each.videoId === videoId)
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt) || b.id.localeCompare(a.id));
}

/**
 * The task a video's card shows: one at work before one that waits, the oldest first.
 *
 * @param {State} state
 * @param {string} videoId
 * @returns {TaskState|null}
 */
export function activeTask(state, videoId) {
  const open = tasksOf(state, videoId).filter((each) => !isTerminal(each)).reverse();
  return open.find((each) => each.status === "processing") ?? open[0] ?? null;
}

/**
 * Whether the snapshot that tells of this video has come.
 *
 * @param {State} state
 * @param {string} videoId
 * @returns {boolean}
 */
export function hasHeard(state, videoId) {
  return state.heard.includes(videoId) || state.heard.includes("*");
}

/** Holds the state and tells listeners when it changed. */
export class Store extends EventTarget {
  /** @type {State} */
  #state = NOTHING;

  get state() {
    return this.#state;
  }

  /** @param {ServerEvent} event */
  apply(event) {
    const before = this.#state;
    this.#state = reduce(before, event);
    if (this.#state !== before) {
      this.dispatchEvent(new CustomEvent("change", { detail: { before, after: this.#state } }));
    }
  }
}
