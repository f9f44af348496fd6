// @ts-check

/**
 * Take files that are dropped anywhere on the window. Meanwhile the element is marked by
 * `data-dragging`.
 *
 * @param {HTMLElement} element
 * @param {(files: File[], transfer: DataTransfer) => void} onFiles
 * @returns {() => void} ends it
 */
export function acceptDroppedFiles(element, onFiles) {
  const until = new AbortController();
  const { signal } = until;
  window.addEventListener(
    "dragover",
    (event) => {
      if (event.dataTransfer?.types.includes("Files")) {
        event.preventDefault();
        event.dataTransfer.dropEffect = "copy";
        element.dataset.dragging = "";
      }
    },
    { signal },
  );
  window.addEventListener(
    "dragleave",
    (event) => {
      if (!event.relatedTarget) {
        delete element.dataset.dragging;
      }
    },
    { signal },
  );
  window.addEventListener(
    "drop",
    (event) => {
      delete element.dataset.dragging;
      if (event.dataTransfer?.files.length) {
        event.preventDefault();
        onFiles(Array.from(event.dataTransfer.files), event.dataTransfer);
      }
    },
    { signal },
  );
  return () => until.abort();
}
