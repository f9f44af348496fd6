// @ts-check
import { gettext } from "../i18n.js";

/** @import { UploadState } from "../api/types.js" */

/**
 * What an upload is doing: its bytes come here first, and may go on into a bucket.
 *
 * @param {UploadState} upload
 * @returns {string}
 */
export function uploadMessage(upload) {
  return upload.step === "storing" ? gettext("Saving...") : gettext("Uploading");
}
