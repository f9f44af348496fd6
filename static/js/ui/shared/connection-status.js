// @ts-check
import { gettext } from "../../i18n.js";
import { ACCESS_ENDED } from "../../live/close-codes.js";
import { page } from "../../live/page.js";
import { part, setText, setVisible } from "./dom.js";

/** @import { LiveClient, LiveState } from "../../live/client.js" */

/** @param {LiveState} state */
function stateText(state) {
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
 * @returns {string} a message for the user, empty where the connection works
 */
function statusNote({ state, degraded, closeCode }) {
  if (state === "disconnected") {
    return gettext("Reconnecting... your jobs keep running");
  }
  if (state === "ended") {
    return closeCode === ACCESS_ENDED
      ? gettext("You are signed out. Reload the page to sign in again.")
      : gettext("The server closed this connection. Reload the page.");
  }
  return degraded ? gettext("Updates are delayed; your jobs keep running") : "";
}

/** Shows the state of the live connection, and offers to reconnect after several failures. */
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
    const note = statusNote(live);
    this.dataset.state = live.state;
    this.toggleAttribute("data-degraded", live.degraded);
    setText(this, "state", stateText(live.state));
    setText(this, "note", note);
    setVisible(this, "lost", note !== "");
    setVisible(this, "retry", live.offersRetry);
  };
}

customElements.define("connection-status", ConnectionStatus);
