// @ts-check
import { show, toggle, part } from "./dom.js";
import { gettext } from "../../i18n.js";
import { ACCESS_ENDED } from "../../live/client.js";
import { page } from "../../live/page.js";

/** @import { LiveClient, LiveState } from "../../live/client.js" */

/** @param {LiveState} state */
function stateWords(state) {
  switch (state) {
    case "connected":
      return gettext("WebSocket: ✅ Connected");
    case "disconnected":
    case "ended":
      return gettext("WebSocket: ❌ Disconnected");
    default:
      return gettext("WebSocket: Connecting...");
  }
}

/**
 * @param {LiveClient} live
 * @returns {string} what a person should know, empty where all is well
 */
function note({ state, degraded, closeCode }) {
  if (state === "disconnected") {
    return gettext("Reconnecting... your jobs keep running");
  }
  if (state === "ended") {
    return closeCode === ACCESS_ENDED
      ? gettext("You are signed out. Reload the page to sign in again.")
      : gettext("The server ended this connection. Reload the page.");
  }
  return degraded ? gettext("News comes a little late; your jobs keep running") : "";
}

/** Says whether the page hears the server, and offers to try again when it long has not. */
export class ConnectionStatus extends HTMLElement {
  connectedCallback() {
    page().live.addEventListener("status", this.#render);
    part(this, "retry")?.addEventListener("click", this.#retry);
    this.#render();
  }

  disconnectedCallback() {
    page().live.removeEventListener("status", this.#render);
    part(this, "retry")?.removeEventListener("click", this.#retry);
  }

  #retry = () => page().live.retryNow();

  #render = () => {
    const { live } = page();
    const words = note(live);
    this.dataset.state = live.state;
    this.toggleAttribute("data-degraded", live.degraded);
    show(this, "state", stateWords(live.state));
    show(this, "note", words);
    toggle(this, "lost", words !== "");
    toggle(this, "retry", live.offersRetry);
  };
}

customElements.define("connection-status", ConnectionStatus);
