// @ts-check
/** @import { TaskState, UploadState, VideoState } from "../api/types.js" */

/**
 * What the page knows. Values are immutable: each event creates a new state. The tasks of a deleted
 * video are kept in case it is restored; selectors.js leaves them out.
 *
 * @typedef {object} State
 * @property {Readonly<Record<string, TaskState>>} tasks by task id
 * @property {Readonly<Record<string, UploadState>>} uploads by video id, active or finished
 * @property {Readonly<Record<string, VideoState>>} videos by id, those that the server sent
 * @property {readonly string[]} loaded ids of videos whose own snapshot has arrived, "*" for that of all
 */

/** @type {State} */
export const EMPTY_STATE = Object.freeze({
  tasks: Object.freeze({}),
  uploads: Object.freeze({}),
  videos: Object.freeze({}),
  loaded: Object.freeze([]),
});

/** @type {ReadonlySet<string>} */
const TERMINAL = new Set(["complete", "error", "cancelled"]);

/**
 * @param {{status: string}} task
 * @returns {boolean} whether its status is final
 */
export function isTerminal(task) {
  return TERMINAL.has(task.status);
}

/**
 * @param {string} id
 * @param {string} videoId
 * @param {Partial<TaskState>} known
 * @returns {TaskState} with defaults for what is not known
 */
export function taskWithDefaults(id, videoId, known) {
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
 * @returns {boolean} whether an event is newer than what is known
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
export function filterRecord(record, keep) {
  return Object.fromEntries(Object.entries(record).filter(([key, value]) => keep(value, key)));
}

/**
 * @param {State} state
 * @param {string} videoId
 * @param {string} id
 * @param {Record<string, any>} change
 * @returns {State} the same state where the change is not newer
 */
export function changeTask(state, videoId, id, change) {
  const known = state.tasks[id];
  if (!isNewer(known, change.seq)) {
    return state;
  }
  const changed = taskWithDefaults(id, videoId, { ...known, ...change });
  return { ...state, tasks: { ...state.tasks, [id]: changed } };
}

/**
 * @param {State} state
 * @param {string} videoId
 * @param {Record<string, any>} data
 * @returns {State}
 */
export function changeUpload(state, videoId, data) {
  const known = state.uploads[videoId];
  if (!isNewer(known, data.seq)) {
    return state;
  }
  const upload = /** @type {UploadState} */ ({ ...known, ...data });
  return { ...state, uploads: { ...state.uploads, [videoId]: upload } };
}

/**
 * A finished upload is kept, so that a late event does not bring it back.
 *
 * @param {State} state
 * @param {string} videoId
 * @returns {State}
 */
export function endUpload(state, videoId) {
  const known = state.uploads[videoId];
  return known ? changeUpload(state, videoId, { percent: 100 }) : state;
}

/**
 * @param {State} state
 * @param {string} videoId
 * @param {Record<string, any>} data
 * @returns {State}
 */
export function changeVideo(state, videoId, data) {
  const known = state.videos[videoId];
  if (!isNewer(known, data.seq)) {
    return state;
  }
  const video = /** @type {VideoState} */ ({ ...known, ...data, id: videoId });
  return { ...state, videos: { ...state.videos, [videoId]: video } };
}
