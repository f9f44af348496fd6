// @ts-check

const RADIUS = 13;
const CIRCUMFERENCE = 2 * Math.PI * RADIUS;

/**
 * @param {number} percent
 * @returns {string} a data URL: an icon with a ring that is filled to this percentage
 */
export function ringIcon(percent) {
  const done = (CIRCUMFERENCE * percent) / 100;
  const circle = `cx="16" cy="16" r="${RADIUS}" fill="none" stroke-width="5"`;
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">' +
    `<circle ${circle} stroke="#b9bdf0"/>` +
    `<circle ${circle} stroke="#3f4fd1" stroke-dasharray="${done.toFixed(1)} ${CIRCUMFERENCE.toFixed(1)}" ` +
    'transform="rotate(-90 16 16)"/></svg>';
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
