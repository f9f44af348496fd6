// @ts-check
import { gettext } from "../i18n.js";

/** @import { UploadState } from "../api/types.js" */

/**
 * What an upload is doing: after its bytes have arrived, they may be copied to object storage.
 *
 * @param {UploadState} upload
 * @returns {string}
 */
export function uploadMessage(upload) {
  return upload.step === "storing" ? gettext("Saving...") : gettext("Uploading");
}
