// Opens the window anew with one panel in front, and says when that panel has drawn its first picture.

/**
 * @typedef {import('playwright-core').Page} Page
 * @typedef {import('playwright-core').Frame} Frame
 * @typedef {object} Start  milliseconds
 * @property {number} shown from the window's first moment to the panel's first picture
 * @property {number} own from the panel's own document to its first picture
 * @property {number} evaluated of these, until its script has been read and run; 0 where there is none
 * @property {number} drawn until the picture is made; 0 where there is none
 */

/** @param {import('../../test/harness/vscode.ts').VSCode} code @param {string} selector what only this panel has @returns {Promise<Start>} */
export async function restart(code, selector) {
  await code.reloadWindow();
  const frame = await code.webview(selector);
  await frame.waitForFunction(() => performance.getEntriesByType('paint').length > 0);
  const origin = await code.page.evaluate(() => performance.timeOrigin);
  const own = await frame.evaluate(() => {
    const paint = performance.getEntriesByName('first-contentful-paint')[0];
    if (paint === undefined) throw new Error('nothing was painted');
    const mark = (/** @type {string} */ name) => performance.getEntriesByName(name)[0]?.startTime ?? 0;
    return {
      origin: performance.timeOrigin,
      painted: paint.startTime,
      evaluated: mark('tensight.evaluated'),
      drawn: mark('tensight.drawn'),
    };
  });
  return {
    shown: own.origin + own.painted - origin,
    own: own.painted,
    evaluated: own.evaluated,
    drawn: own.drawn,
  };
}
