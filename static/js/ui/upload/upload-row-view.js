// @ts-check
import { errorText } from "../../api/error-text.js";
import { fileSize, floorPercent, timeLeft } from "../../format.js";
import { gettext, interpolate } from "../../i18n.js";
import { uploadMessage } from "../../state/upload-view.js";

/** @import { FileUpload } from "../../api/file-upload.js" */
/** @import { ApiError } from "../../api/http.js" */
/** @import { UploadState } from "../../api/types.js" */
/** @import { SavedUpload } from "../../state/saved-uploads.js" */

/**
 * What the row of an upload shows.
 *
 * @typedef {object} UploadRowView
 * @property {string} message
 * @property {number|null} percent null where it is not known
 * @property {boolean} bar
 * @property {string} pace transfer rate and time left
 * @property {{message: string, remedy: string}|null} failure
 * @property {string[]} buttons
 */

/** @type {UploadRowView} */
const EMPTY = { message: "", percent: null, bar: false, pace: "", failure: null, buttons: [] };

/**
 * @param {FileUpload} upload
 * @returns {string}
 */
function pace({ bytesPerSecond, secondsLeft }) {
  const parts = [];
  if (bytesPerSecond !== null) {
    const size = fileSize(Math.round(bytesPerSecond));
    parts.push(interpolate(gettext("%(size)s per second"), { size }));
  }
  if (secondsLeft !== null) {
    parts.push(timeLeft(secondsLeft));
  }
  return parts.join(" · ");
}

/**
 * @param {FileUpload} upload
 * @returns {UploadRowView}
 */
function sendingView(upload) {
  const isSent = upload.received >= upload.file.size && upload.file.size > 0;
  return {
    ...EMPTY,
    message: isSent ? gettext("Saving...") : gettext("Uploading"),
    percent: floorPercent(upload.percent),
    bar: true,
    pace: isSent ? "" : pace(upload),
    buttons: ["pause", "cancel"],
  };
}

/**
 * @param {FileUpload} upload
 * @param {string} message
 * @returns {UploadRowView}
 */
function stoppedView(upload, message) {
  return { ...EMPTY, message, percent: floorPercent(upload.percent), bar: true, buttons: ["resume", "cancel"] };
}

/**
 * @param {UploadState|null} serverUpload
 * @returns {UploadRowView} all bytes are on the server, which may still copy them to object storage
 */
function completeView(serverUpload) {
  return serverUpload?.step === "storing"
    ? { ...EMPTY, message: uploadMessage(serverUpload), bar: true, buttons: ["dismiss"] }
    : { ...EMPTY, message: gettext("Complete!"), percent: 100, buttons: ["dismiss"] };
}

/**
 * @param {ApiError} error
 * @param {string[]} buttons
 * @returns {UploadRowView}
 */
export function failedView(error, buttons) {
  return { ...EMPTY, failure: errorText(error.failure), buttons };
}

/**
 * An upload that an earlier page left unfinished: a script cannot open its file again by itself.
 *
 * @param {SavedUpload} saved
 * @param {number} received bytes that the server has
 * @returns {UploadRowView}
 */
export function interruptedView(saved, received) {
  return {
    ...EMPTY,
    message: gettext("Choose or drop the same file to resume"),
    percent: floorPercent((100 * received) / saved.size),
    bar: true,
    buttons: ["choose", "cancel"],
  };
}

/**
 * @param {FileUpload} upload
 * @param {UploadState|null} serverUpload the same upload as the server last reported it, while active
 * @returns {UploadRowView}
 */
export function uploadRowView(upload, serverUpload) {
  switch (upload.stage) {
    case "waiting":
      return { ...EMPTY, message: gettext("Waiting for its turn..."), buttons: ["cancel"] };
    case "sending":
      return sendingView(upload);
    case "paused":
      return stoppedView(upload, gettext("Paused"));
    case "lost":
      return stoppedView(upload, gettext("Connection lost. The upload will resume automatically."));
    case "complete":
      return completeView(serverUpload);
    case "failed":
      return upload.failure ? failedView(upload.failure, ["again", "dismiss"]) : EMPTY;
  }
}
