// @ts-check
/**
 * The shapes that travel between server and page.
 *
 * @typedef {"pending"|"processing"|"complete"|"error"|"cancelled"} Status
 *
 * @typedef {object} Output
 * @property {string} id
 * @property {string} url
 * @property {string} name
 * @property {string} kind
 * @property {number} bytes
 *
 * @typedef {object} Failure
 * @property {string} error the message, in English on the wire
 * @property {string|null} [code]
 * @property {string|null} [remedy]
 * @property {Record<string, string|number>} [args] values of the message's placeholders
 * @property {Record<string, string>} [fields] a message for each refused field
 * @property {Record<string, string>} [fieldCodes]
 * @property {Record<string, Record<string, string|number>>} [fieldArgs] as `args`, for each field
 *
 * @typedef {object} TaskState
 * @property {string} id
 * @property {string} videoId
 * @property {string} name for display, in English on the wire
 * @property {string} [detail] the part of the name that needs no translation ("00:10-00:30")
 * @property {string} [videoName]
 * @property {string} operation
 * @property {Status} status
 * @property {number} progress percent, 0 to 100
 * @property {number|null} [doneSeconds] of the video processed by the current step
 * @property {number|null} [doneBytes]
 * @property {boolean} [paused] whether a user paused it
 * @property {boolean} [queuePaused] whether its queue is paused
 * @property {boolean} [stalled] whether it makes no progress
 * @property {number|null} [endsInSeconds] estimate while it is pending
 * @property {number} [expectedSeconds] estimated duration of all its work
 * @property {number} [attempt] how many times it has been started
 * @property {string|null} [finishedAt] ISO 8601
 * @property {boolean} [indeterminate]
 * @property {string} message
 * @property {string|null} step
 * @property {number|null} etaSeconds
 * @property {number|null} queuePosition
 * @property {number|null} startsInSeconds
 * @property {number} seq rises per task
 * @property {Output[]} outputs the main output first
 * @property {Failure|null} error
 * @property {boolean} housekeeping
 * @property {string} createdAt ISO 8601
 *
 * @typedef {object} UploadState
 * @property {number} percent 100 once the file is in the library
 * @property {string} [message]
 * @property {string} [step] "uploading", or "storing" while it is copied to object storage
 * @property {number|null} [etaSeconds]
 * @property {boolean} [indeterminate]
 * @property {number} [received] bytes stored on the server
 * @property {number|null} [length] bytes
 * @property {number|null} [bytesPerSecond] smoothed
 * @property {number} [seq] rises per upload
 *
 * @typedef {object} VideoState
 * @property {string} id
 * @property {string} [name]
 * @property {string} [url]
 * @property {"arriving"|"ready"|"broken"|"deleted"} state
 * @property {boolean} [deleted]
 * @property {number|null} [undoSeconds] for how long the deletion can still be undone
 * @property {Failure|null} [error] why it is broken
 * @property {number} [seq] rises per video
 *
 * @typedef {object} ServerEvent
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
