// @ts-check
import { page } from "../live/page.js";
import { postJson, uniqueKey } from "./http.js";

/**
 * Start an edit. Its task is shown as pending until the server's first event about it arrives.
 *
 * @param {string} operation slug
 * @param {string} videoId
 * @param {Record<string, unknown>} params with `again` true, an existing result is not reused
 * @returns {Promise<string>} the address of an existing result; empty where a new task was created
 */
export async function startEdit(operation, videoId, params) {
  const key = { "Idempotency-Key": uniqueKey() };
  const answer = await postJson(`/api/edit/${operation}`, { videoId, ...params }, key);
  if (answer.alreadyMade) {
    return answer.outputUrl ?? "";
  }
  const { taskId } = answer;
  const createdAt = new Date().toISOString();
  const data = { id: taskId, operation, status: "pending", seq: -1, createdAt };
  if (!page().store.state.tasks[taskId]) {
    page().store.apply({ type: "task", videoId, data });
  }
  return "";
}
