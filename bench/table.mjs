/** @typedef {{ bench: string, engine: string, threads: number, value: number, unit: string }} Row */

/** A line a bench, a column an engine; lines as they come. @param {readonly string[]} engines */
export function table(engines) {
  const cell = (/** @type {string} */ text, /** @type {number} */ i) =>
    text.padStart(Math.max(8, engines[i]?.length ?? 0));
  const line = (/** @type {string} */ bench, /** @type {string} */ unit, /** @type {readonly string[]} */ cells) =>
    [bench.padEnd(14), unit.padEnd(7), ...cells.map(cell)].join('  ');
  return {
    head: () => line('bench', 'unit', engines),
    /** @param {readonly Row[]} rows */
    row: (rows) =>
      line(
        rows[0]?.bench ?? '',
        rows[0]?.unit ?? '',
        engines.map((name) => String(rows.find(({ engine }) => engine === name)?.value ?? '–')),
      ),
  };
}
