// @ts-check
/**
 * The shapes that travel between server and page.
 *
 * Those of the wire are made from the server's schemas: `make types` writes wire.d.ts.
 *
 * @typedef {import("./wire.d.ts").TaskState["status"]} Status
 * @typedef {import("./wire.d.ts").OutputState} Output
 * @typedef {Partial<import("./wire.d.ts").ErrorAnswer> & {error: string}} Failure
 * @typedef {import("./wire.d.ts").TaskState} WireTask
 * @typedef {"videoName"|"detail"|"indeterminate"|"expectedSeconds"|"attempt"|"finishedAt"|
 *   "doneSeconds"|"doneBytes"|"paused"|"queuePaused"|"stalled"|"endsInSeconds"} LaterFields
 * what a task lacks that the page has only just asked for
 * @typedef {Omit<WireTask, LaterFields|"step"> & Partial<Pick<WireTask, LaterFields>> &
 *   {step: WireTask["step"]|null}} TaskState
 * @typedef {import("./wire.d.ts").UploadState} UploadState
 * @typedef {import("./wire.d.ts").VideoEvent} VideoState
 *
 * @typedef {object} ServerEvent a `ServerMessage` of wire.d.ts, or one that the page makes itself
 * @property {string} type
 * @property {string|null} videoId
 * @property {Record<string, any>} data
 *
 * @typedef {object} OperationTexts
 * @property {string} label
 * @property {string} starting
 * @property {string} working
 * @property {string} complete
 *
 * @typedef {object} PageData the texts of the page in its language
 * @property {string} language
 * @property {Record<string, string>} catalog translations of the scripts' English texts
 * @property {Record<string, {message: string, remedy: string}>} errors by code, with {named} placeholders
 * @property {Record<string, OperationTexts>} operations by slug
 * @property {Record<string, string>} steps by code
 * @property {Record<string, string>} statuses by status
 */
export {};
