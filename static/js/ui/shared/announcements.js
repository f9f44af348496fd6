// @ts-check
import { errorText } from "../../api/error-text.js";
import { gettext, interpolate } from "../../i18n.js";
import { taskName } from "../../state/task-view.js";

/** @import { TaskState } from "../../api/types.js" */

const QUARTERS = [75, 50, 25];

/**
 * @param {number} percent
 * @returns {number} the last quarter that was reached: 0, 25, 50 or 75
 */
export function lastQuarter(percent) {
  return QUARTERS.find((each) => percent >= each) ?? 0;
}

/**
 * What screen readers announce when a task has changed: its start, its quarters and its end, and
 * nothing between.
 *
 * @param {TaskState|undefined} before
 * @param {TaskState} after
 * @returns {string} empty where there is nothing to announce
 */
export function taskAnnouncement(before, after) {
  if (!before) {
    return "";
  }
  const name = taskName(after);
  if (after.status !== before.status) {
    return statusAnnouncement(name, after);
  }
  const reached = lastQuarter(after.progress);
  if (after.status !== "processing" || after.indeterminate || reached <= lastQuarter(before.progress)) {
    return "";
  }
  return interpolate(gettext("%(name)s: %(percent)s percent"), { name, percent: reached });
}

/**
 * @param {string} name
 * @param {TaskState} task
 * @returns {string}
 */
function statusAnnouncement(name, task) {
  switch (task.status) {
    case "processing":
      return interpolate(gettext("%(name)s: started"), { name });
    case "complete":
      return interpolate(gettext("%(name)s: complete"), { name });
    case "cancelled":
      return interpolate(gettext("%(name)s: cancelled"), { name });
    case "error":
      return interpolate(gettext("%(name)s: error. %(message)s"), {
        name,
        message: task.error ? errorText(task.error).message : "",
      });
    default:
      return "";
  }
}
