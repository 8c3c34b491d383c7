// Films a window while one tab is shown in the place of another, and finds the first frame in which it is there.

/** Milliseconds that are filmed. */
const length = 2000;
/** Of the pictures. */
const quality = 70;
/** Share of the area's pixels that may differ: a caret, a scroll bar that fades. */
const alike = 0.004;

/**
 * @typedef {{ data: string, at: number }} Frame  a picture, and when it was on the screen, in milliseconds
 * @typedef {{ x: number, y: number, width: number, height: number }} Area
 * @typedef {import('playwright-core').Page} Page
 * @typedef {import('playwright-core').Locator} Locator
 */

/**
 * Shows `after`, whose picture is taken, then `before`, and then films how `after` comes. `ms`: from the press of the mouse to its
 * first whole frame; `strange`: frames in between that showed neither.
 * @param {Page} page
 * @param {Area} area
 * @param {{ before: Locator, after: Locator }} tabs
 */
export async function film(page, area, { before, after }) {
  await after.click();
  const whole = await still(page, area);
  await before.click();
  const hidden = await still(page, area);
  await page.evaluate(() => {
    const press = () => {
      /** @type {any} */ (window).pressedAt = performance.timeOrigin + performance.now();
    };
    window.addEventListener('mousedown', press, { capture: true, once: true });
  });
  const frames = await filmed(page, async () => {
    await after.click();
    await page.mouse.move(2, 2);
    await page.waitForTimeout(length);
  });
  const pressed = await page.evaluate(() => /** @type {number} */ (/** @type {any} */ (window).pressedAt));
  let strange = 0;
  for (const { data, at } of frames.filter((frame) => frame.at >= pressed)) {
    const picture = await pixels(page, data, area);
    if (differing(picture, whole) <= alike) return { ms: at - pressed, strange };
    if (differing(picture, hidden) > alike) strange++;
  }
  throw new Error(`the panel was not there after ${length} ms`);
}

/** What the area shows once it has come to rest. @param {Page} page @param {Area} area */
async function still(page, area) {
  // Away from the tab, which would explain itself over the area.
  await page.mouse.move(2, 2);
  await page.waitForTimeout(900);
  const picture = await page.screenshot({ type: 'jpeg', quality });
  return pixels(page, picture.toString('base64'), area);
}

/** @param {Page} page @param {() => Promise<void>} scene @returns {Promise<Frame[]>} */
async function filmed(page, scene) {
  const client = await page.context().newCDPSession(page);
  /** @type {Frame[]} */
  const frames = [];
  client.on('Page.screencastFrame', ({ data, metadata, sessionId }) => {
    frames.push({ data, at: (metadata.timestamp ?? 0) * 1000 });
    client.send('Page.screencastFrameAck', { sessionId }).catch(() => {});
  });
  await client.send('Page.startScreencast', { format: 'jpeg', quality, everyNthFrame: 1 });
  await scene();
  await client.send('Page.stopScreencast');
  await client.detach();
  return frames;
}

/** @type {Page | undefined} */
let darkroom;

/** Brightness of the area's pixels. @param {Page} page @param {string} data @param {Area} area @returns {Promise<number[]>} */
async function pixels(page, data, area) {
  // A window of its own: the one that is filmed stays in front.
  const browser = page.context().browser();
  if (browser === null) throw new Error('the window has no browser');
  darkroom ??= await (await browser.newContext()).newPage();
  return darkroom.evaluate(
    async ({ jpeg, x, y, width, height }) => {
      const image = new Image();
      image.src = `data:image/jpeg;base64,${jpeg}`;
      await image.decode();
      const canvas = new OffscreenCanvas(width, height);
      const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d'));
      context.drawImage(image, -x, -y);
      const { data: rgba } = context.getImageData(0, 0, width, height);
      const out = [];
      // Every third pixel of every third line is enough to tell.
      for (let row = 0; row < height; row += 3)
        for (let column = 0; column < width; column += 3) out.push(rgba[4 * (row * width + column) + 1] ?? 0);
      return out;
    },
    {
      jpeg: data,
      ...{ x: Math.round(area.x), y: Math.round(area.y) },
      ...{ width: Math.floor(area.width), height: Math.floor(area.height) },
    },
  );
}

/** Share of pixels that differ visibly. @param {readonly number[]} a @param {readonly number[]} b */
function differing(a, b) {
  let n = 0;
  for (let i = 0; i < a.length; i++) if (Math.abs((a[i] ?? 0) - (b[i] ?? 0)) > 48) n++;
  return n / Math.max(1, a.length);
}
