// @ts-check
import { show, toggle, part } from "../lib/dom.js";
import { gettext } from "../lib/i18n.js";
import { page } from "../lib/page.js";

/** @import { LiveState } from "../lib/live.js" */

/** @param {LiveState} state */
function stateWords(state) {
  switch (state) {
    case "connected":
      return gettext("WebSocket: ✅ Connected");
    case "disconnected":
      return gettext("WebSocket: ❌ Disconnected");
    default:
      return gettext("WebSocket: Connecting...");
  }
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
    const { state, offersRetry } = page().live;
    this.dataset.state = state;
    show(this, "state", stateWords(state));
    show(this, "note", state === "disconnected" ? gettext("Reconnecting... your jobs keep running") : "");
    toggle(this, "lost", state === "disconnected");
    toggle(this, "retry", offersRetry);
  };
}

customElements.define("connection-status", ConnectionStatus);
