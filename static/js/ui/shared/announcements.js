// @ts-check
import { failureWords } from "../../api/error-text.js";
import { gettext, interpolate } from "../../i18n.js";
import { taskName } from "../../state/task-view.js";

/** @import { TaskState } from "../../api/types.js" */

const QUARTERS = [75, 50, 25];

/**
 * @param {number} percent
 * @returns {number} the last quarter reached: 0, 25, 50 or 75
 */
export function quarter(percent) {
  return QUARTERS.find((each) => percent >= each) ?? 0;
}

/**
 * What a screen reader is told when a task changed: its start, its quarters, its end. Everything
 * between stays silent.
 *
 * @param {TaskState|undefined} before
 * @param {TaskState} after
 * @returns {string} empty where there is nothing worth interrupting for
 */
export function milestone(before, after) {
  if (!before) {
    return "";
  }
  const name = taskName(after);
  if (after.status !== before.status) {
    return ending(name, after);
  }
  const reached = quarter(after.progress);
  if (after.status !== "processing" || after.indeterminate || reached <= quarter(before.progress)) {
    return "";
  }
  return interpolate(gettext("%(name)s: %(percent)s percent"), { name, percent: reached });
}

/**
 * @param {string} name
 * @param {TaskState} task
 * @returns {string}
 */
function ending(name, task) {
  switch (task.status) {
    case "processing":
      return interpolate(gettext("%(name)s: started"), { name });
    case "complete":
      return interpolate(gettext("%(name)s: complete"), { name });
    case "cancelled":
      return interpolate(gettext("%(name)s: cancelled"), { name });
    case "error":
      return interpolate(gettext("%(name)s: error. %(sentence)s"), {
        name,
        sentence: task.error ? failureWords(task.error).sentence : "",
      });
    default:
      return "";
  }
}
