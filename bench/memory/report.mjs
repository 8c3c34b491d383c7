// What a part tells, a line of JSON each, and when memory counts as flat.

/** @param {object} line */
export const tell = (line) => console.log(JSON.stringify(line));

/** @param {boolean} holds @param {string} says */
export function verdict(holds, says) {
  tell({ holds, says });
  if (!holds) process.exitCode = 1;
}

/** @param {number} bytes */
export const megabytes = (bytes) => Number((bytes / 1e6).toFixed(2));

/** @typedef {{ readonly at: number, readonly [figure: string]: number }} Sample figures in megabytes */

/**
 * Whether a figure is flat: a line through the samples of the last quarter rises by less than what is allowed, or not at all.
 * @param {readonly Sample[]} samples evenly spread @param {string} figure @param {number} allowed megabytes in that quarter
 */
export function judgeFlat(samples, figure, allowed) {
  const last = samples.slice(Math.floor(samples.length * 0.75));
  const from = last[0]?.at ?? 0;
  const to = last.at(-1)?.at ?? 0;
  const rise = slope(last.map((sample) => [sample.at, sample[figure] ?? Number.NaN])) * (to - from);
  verdict(
    rise <= allowed,
    `${figure} rises by ${rise.toFixed(2)} MB from ${from} to ${to} (by a line through ${last.length} samples; ${allowed} MB at most)`,
  );
}

/** Of the least-squares line. @param {readonly (readonly [number, number])[]} points */
function slope(points) {
  const mean = (/** @type {readonly number[]} */ list) => list.reduce((sum, x) => sum + x, 0) / list.length;
  const mx = mean(points.map(([x]) => x));
  const my = mean(points.map(([, y]) => y));
  const across = points.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0);
  return across / points.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
}
