// @ts-check
import { ApiError } from "../../api/http.js";
import { isSubtitleFile } from "../../api/subtitles.js";
import { fileSize } from "../../format.js";
import { gettext, interpolate } from "../../i18n.js";

/**
 * Why a dropped or chosen file is not uploaded at all.
 *
 * @param {File} file
 * @param {{isFolder: boolean, limit: number}} options the limit in bytes
 * @returns {ApiError|null}
 */
export function fileRefusal(file, { isFolder, limit }) {
  if (isFolder) {
    return new ApiError({
      error: gettext("This is a folder."),
      remedy: gettext("Drop the videos inside it instead."),
    });
  }
  if (isSubtitleFile(file)) {
    return new ApiError({
      error: gettext("This is a subtitle file."),
      remedy: gettext("Open the video it belongs to, and add it there."),
    });
  }
  if (file.size > limit) {
    return new ApiError({
      error: interpolate(gettext("This file exceeds the upload limit of %(limit)s."), {
        limit: fileSize(limit),
      }),
      remedy: gettext("Choose a smaller file, or ask the administrator to raise the limit."),
    });
  }
  return null;
}
