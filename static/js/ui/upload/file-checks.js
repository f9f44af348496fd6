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
      remedy: gettext("Open it and drop the videos that lie in it."),
    });
  }
  if (isSubtitleFile(file)) {
    return new ApiError({
      error: gettext("This is a subtitle file."),
      remedy: gettext("Open its video and add it there."),
    });
  }
  if (file.size > limit) {
    return new ApiError({
      error: interpolate(gettext("This file is larger than %(limit)s, the most this server takes."), {
        limit: fileSize(limit),
      }),
      remedy: gettext("Choose a smaller file, or ask whoever runs this server to raise the limit."),
    });
  }
  return null;
}
