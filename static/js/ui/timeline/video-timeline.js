// @ts-check
import { timecode } from "../../format.js";
import { page } from "../../live/page.js";
import { part, setText, setVisible } from "../shared/dom.js";
import { parseTiles, tileAt, waveformBars } from "./waveform.js";

/** @import { Peaks, Tile } from "./waveform.js" */

const BAR_PIXELS = 3;
const GAP_PIXELS = 1;
const EDGES = ["startTime", "endTime"];
/** The data attribute for each kind of output that the timeline shows. */
const OUTPUT_DATA = /** @type {const} */ ({ peaks: "peaks", storyboard: "storyboard", sprite: "sprite" });

/**
 * The timeline under the player: the waveform, the playhead, and the range of the trim form, whose
 * edges can be dragged. Pointer only; the player and the form are accessible to everybody.
 */
export class VideoTimeline extends HTMLElement {
  /** @type {Peaks|null} */
  #peaks = null;
  /** @type {Tile[]} */
  #tiles = [];
  /** @type {string|null} */
  #edge = null;
  #seeking = false;
  #resized = new ResizeObserver(() => this.#drawWave());
  #dark = matchMedia("(prefers-color-scheme: dark)");
  /** @type {(() => void)|null} */
  #unwatch = null;

  connectedCallback() {
    const { store } = page();
    this.#unwatch = page().watch(this.dataset.videoId ?? "");
    store.addEventListener("change", this.#useOutputs);
    document.addEventListener("input", this.#drawSpan);
    this.#dark.addEventListener("change", this.#drawWave);
    this.#player?.addEventListener("timeupdate", this.#drawHead);
    this.#player?.addEventListener("seeking", this.#drawHead);
    this.addEventListener("pointerdown", this.#down);
    this.addEventListener("pointermove", this.#move);
    this.addEventListener("pointerup", this.#up);
    this.addEventListener("pointercancel", this.#up);
    this.addEventListener("pointerleave", this.#hidePreview);
    this.#resized.observe(this);
    this.#drawSpan();
    this.#drawHead();
    void this.#loadPeaks();
    void this.#loadTiles();
  }

  disconnectedCallback() {
    this.#unwatch?.();
    page().store.removeEventListener("change", this.#useOutputs);
    document.removeEventListener("input", this.#drawSpan);
    this.#dark.removeEventListener("change", this.#drawWave);
    this.#player?.removeEventListener("timeupdate", this.#drawHead);
    this.#player?.removeEventListener("seeking", this.#drawHead);
    this.removeEventListener("pointerdown", this.#down);
    this.removeEventListener("pointermove", this.#move);
    this.removeEventListener("pointerup", this.#up);
    this.removeEventListener("pointercancel", this.#up);
    this.removeEventListener("pointerleave", this.#hidePreview);
    this.#resized.disconnect();
  }

  get #player() {
    return document.querySelector("video");
  }

  get #duration() {
    return Number(this.dataset.duration);
  }

  /**
   * @param {string} name
   * @returns {HTMLInputElement|null} a field of the trim form
   */
  #field(name) {
    return document.querySelector(`trim-form input[name="${name}"]`);
  }

  /** Load the waveform and the storyboard as soon as the server has created them. */
  #useOutputs = () => {
    const tasks = Object.values(page().store.state.tasks);
    const outputs = tasks.filter((task) => task.videoId === this.dataset.videoId).flatMap((task) => task.outputs);
    const before = { ...this.dataset };
    for (const { kind, url } of outputs) {
      if (kind in OUTPUT_DATA && !this.dataset[kind]) {
        this.dataset[kind] = url;
      }
    }
    if (this.dataset.peaks !== before.peaks) {
      void this.#loadPeaks();
    }
    if (this.dataset.storyboard !== before.storyboard) {
      void this.#loadTiles();
    }
  };

  async #loadPeaks() {
    const text = await fetchText(this.dataset.peaks);
    if (text) {
      this.#peaks = JSON.parse(text);
      this.#drawWave();
    }
  }

  async #loadTiles() {
    const text = await fetchText(this.dataset.storyboard);
    this.#tiles = text ? parseTiles(text) : [];
  }

  #drawWave = () => {
    const canvas = part(this, "wave");
    const brush = canvas instanceof HTMLCanvasElement ? canvas.getContext("2d") : null;
    if (!brush || !this.#peaks || !this.clientWidth) {
      return;
    }
    const { clientWidth: width, clientHeight: height } = brush.canvas;
    brush.canvas.width = width * devicePixelRatio;
    brush.canvas.height = height * devicePixelRatio;
    brush.scale(devicePixelRatio, devicePixelRatio);
    brush.fillStyle = getComputedStyle(brush.canvas).color;
    const step = BAR_PIXELS + GAP_PIXELS;
    waveformBars(this.#peaks, Math.floor(width / step)).forEach((loud, bar) => {
      const tall = Math.max(1, loud * (height - 8));
      brush.fillRect(bar * step, (height - tall) / 2, BAR_PIXELS, tall);
    });
  };

  #drawSpan = () => {
    const [start, end] = EDGES.map((name) => this.#field(name)?.valueAsNumber ?? NaN);
    const span = part(this, "span");
    if (!span) {
      return;
    }
    const valid = start >= 0 && end > start && end <= this.#duration + 0.01;
    span.hidden = !valid;
    if (valid) {
      span.style.insetInlineStart = this.#place(start);
      span.style.inlineSize = `${(100 * (end - start)) / this.#duration}%`;
    }
  };

  #drawHead = () => {
    const head = part(this, "head");
    if (head) {
      head.style.insetInlineStart = this.#place(this.#player?.currentTime ?? 0);
    }
  };

  /** @param {number} seconds */
  #place(seconds) {
    return `${Math.min(100, (100 * seconds) / this.#duration)}%`;
  }

  /** @param {PointerEvent} event */
  #timeOf({ clientX }) {
    const { left, width } = this.getBoundingClientRect();
    return Math.min(1, Math.max(0, (clientX - left) / width)) * this.#duration;
  }

  /** @param {PointerEvent} event */
  #down = (event) => {
    if (event.button !== 0) {
      return;
    }
    event.preventDefault();
    this.#edge = event.target instanceof HTMLElement ? (event.target.dataset.edge ?? null) : null;
    this.#seeking = !this.#edge;
    this.setPointerCapture(event.pointerId);
    this.#move(event);
  };

  /** @param {PointerEvent} event */
  #move = (event) => {
    const at = this.#timeOf(event);
    this.#showPreview(at);
    if (this.#edge) {
      this.#drag(this.#edge, at);
    }
    if ((this.#edge || this.#seeking) && this.#player) {
      this.#player.currentTime = at;
    }
  };

  #up = () => {
    this.#edge = null;
    this.#seeking = false;
  };

  /**
   * @param {string} name
   * @param {number} at seconds
   */
  #drag(name, at) {
    const field = this.#field(name);
    if (field) {
      // Truncated to milliseconds, not rounded: the end must not be after the end of the video.
      field.value = (Math.floor(at * 1000) / 1000).toFixed(3);
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  /** @param {number} at seconds */
  #showPreview(at) {
    const preview = part(this, "preview");
    const picture = part(this, "tile");
    if (!preview || !picture) {
      return;
    }
    const tile = this.dataset.sprite ? tileAt(this.#tiles, at) : null;
    picture.hidden = !tile;
    if (tile) {
      picture.style.inlineSize = `${tile.width}px`;
      picture.style.blockSize = `${tile.height}px`;
      picture.style.background = `url("${this.dataset.sprite}") -${tile.x}px -${tile.y}px`;
    }
    setText(this, "time", timecode(at));
    preview.hidden = false;
    const room = this.clientWidth - preview.offsetWidth;
    const middle = (at / this.#duration) * this.clientWidth - preview.offsetWidth / 2;
    preview.style.insetInlineStart = `${Math.min(Math.max(0, middle), room)}px`;
  }

  #hidePreview = () => setVisible(this, "preview", false);
}

/**
 * @param {string|undefined} url
 * @returns {Promise<string>} empty where the request failed: the timeline works without it
 */
async function fetchText(url) {
  if (!url) {
    return "";
  }
  try {
    const answer = await fetch(url, { credentials: "same-origin" });
    return answer.ok ? await answer.text() : "";
  } catch (error) {
    if (error instanceof TypeError) {
      return "";
    }
    throw error;
  }
}

customElements.define("video-timeline", VideoTimeline);
