// @ts-check
import { restoredVideos } from "../state/changes.js";
import { Store } from "../state/store.js";
import { LiveClient, liveUrl } from "./client.js";

/** What the elements of one page share: one live connection and one store. */
export class Page {
  #watchers = /** @type {Map<string, number>} */ (new Map());

  /**
   * @param {LiveClient} live
   * @param {Store} store
   */
  constructor(live, store) {
    this.live = live;
    this.store = store;
    store.follow(live);
    store.addEventListener("change", (event) => {
      const { before, after } = /** @type {CustomEvent} */ (event).detail;
      restoredVideos(before, after).forEach((videoId) => this.#resubscribe(videoId));
    });
  }

  /**
   * Subscribe to a video for as long as an element of the page watches it.
   *
   * @param {string} videoId or "*"
   * @returns {() => void} call it to stop
   */
  watch(videoId) {
    const count = this.#watchers.get(videoId) ?? 0;
    this.#watchers.set(videoId, count + 1);
    if (count === 0) {
      this.live.subscribe(videoId);
    }
    return () => this.#unwatch(videoId);
  }

  /**
   * A snapshot that arrived while the video was deleted did not contain it.
   *
   * @param {string} videoId
   */
  #resubscribe(videoId) {
    [videoId, "*"].filter((id) => this.#watchers.get(id)).forEach((id) => this.live.subscribe(id));
  }

  /** @param {string} videoId */
  #unwatch(videoId) {
    const count = (this.#watchers.get(videoId) ?? 0) - 1;
    this.#watchers.set(videoId, Math.max(0, count));
    if (count === 0) {
      this.live.unsubscribe(videoId);
      this.store.apply({ type: "unsubscribed", videoId, data: {} });
    }
  }
}

/** @type {Page|null} */
let shared = null;

/** @returns {Page} the shared page, connected on first use */
export function page() {
  if (!shared) {
    const live = new LiveClient({ url: liveUrl(location) });
    shared = new Page(live, new Store());
    live.start();
  }
  return shared;
}

/**
 * Replace the shared page (for tests).
 *
 * @param {Page} other
 */
export function setPage(other) {
  shared = other;
}
