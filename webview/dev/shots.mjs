/** Pictures of every view in every theme at two widths; what the page says in its console is printed, and fails. */
import { mkdir } from 'node:fs/promises';
import { chromium } from 'playwright-core';

const wide = { width: 1200, height: 800 };
/** Half of an ordinary window: the code beside it. */
const half = { width: 660, height: 780 };
const narrow = { width: 420, height: 860 };
const layer = 'encoder.layers.1.self_attn';

const shots = {
  'shapes-dark': { query: { view: 'shapes', layer }, size: wide },
  'shapes-light': { query: { view: 'shapes', layer, theme: 'light', state: 'run' }, size: wide },
  'shapes-narrow': { query: { view: 'shapes' }, size: narrow },
  'shapes-narrow-detail': { query: { view: 'shapes', layer, theme: 'light' }, size: narrow },
  'shapes-hc': { query: { view: 'shapes', layer, theme: 'hc' }, size: wide },
  'shapes-shape-only': { query: { view: 'shapes', state: 'shape' }, size: wide },
  'shapes-stale': { query: { view: 'shapes', state: 'stale', layer: 'head' }, size: wide },
  'shapes-broken': { query: { view: 'shapes', trace: 'broken', theme: 'light' }, size: wide },
  'shapes-sick': { query: { view: 'shapes', trace: 'sick', layer: 'decoder.layers.0.linear1' }, size: wide },
  'attention-dark': { query: { view: 'attention' }, size: wide, hover: [5, 3] },
  'attention-light': {
    query: { view: 'attention', theme: 'light', layer: 'decoder.layers.0.multihead_attn' },
    size: wide,
    hover: [2, 5],
  },
  'attention-causal': { query: { view: 'attention', layer: 'decoder.layers.1.self_attn' }, size: wide },
  'attention-narrow': {
    query: { view: 'attention', layer: 'decoder.layers.1.self_attn', theme: 'light' },
    size: narrow,
  },
  'attention-hcl': { query: { view: 'attention', theme: 'hcl', layer: 'decoder.layers.1.self_attn' }, size: wide },
  'attention-gpt': {
    query: { view: 'attention', trace: 'gpt', layer: 'h.3.attn' },
    size: { width: 1600, height: 900 },
    hover: [300, 200],
  },
  'attention-empty': { query: { view: 'attention', state: 'shape' }, size: narrow },
  'attention-progress': { query: { view: 'attention', state: 'progress', theme: 'light' }, size: narrow },
  'gradients-dark': { query: { view: 'gradients' }, size: wide },
  'gradients-sick': { query: { view: 'gradients', trace: 'sick', layer: 'decoder.layers.0.linear1' }, size: wide },
  'gradients-light': {
    query: { view: 'gradients', trace: 'sick', theme: 'light', layer: 'encoder.layers.0.linear1' },
    size: wide,
  },
  'gradients-narrow': { query: { view: 'gradients', trace: 'gpt' }, size: narrow },
  'gradients-mlp-hc': { query: { view: 'gradients', trace: 'mlp', theme: 'hc' }, size: narrow },
  'mlp-narrow': { query: { view: 'shapes', trace: 'mlp', layer: '0' }, size: narrow },
  'half-shapes': { query: { view: 'shapes', layer }, size: half },
  'half-attention': { query: { view: 'attention', layer: 'decoder.layers.0.multihead_attn' }, size: half },
  'half-gradients': { query: { view: 'gradients', layer: 'encoder.layers.0.linear1', trace: 'sick' }, size: half },
  'half-gpt': { query: { view: 'attention', trace: 'gpt', theme: 'light' }, size: half },
  'training-dark': { query: { view: 'training', training: 'done' }, size: wide },
  'training-light': { query: { view: 'training', training: 'running', theme: 'light' }, size: half },
  'training-hc': { query: { view: 'training', training: 'long', theme: 'hc' }, size: half },
  'training-failed': { query: { view: 'training', training: 'failed', theme: 'hcl' }, size: narrow },
  'training-stopped': { query: { view: 'training', training: 'stopped' }, size: narrow },
  'training-empty': { query: { view: 'training' }, size: narrow },
  'gpt-shapes': { query: { view: 'shapes', trace: 'gpt', state: 'shape' }, size: wide },
};

export async function shoot(address, folder, names) {
  await mkdir(folder, { recursive: true });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  for (const [name, shot] of Object.entries(shots)) {
    if (names.length > 0 && !names.some((part) => name.includes(part))) continue;
    const page = await browser.newPage({ viewport: shot.size });
    page.on('console', (message) => {
      if (message.type() !== 'error' && message.type() !== 'warning') return;
      console.log(`${name}: ${message.text()}`);
      process.exitCode = 1;
    });
    page.on('pageerror', (error) => {
      console.log(`${name}: ${error.stack}`);
      process.exitCode = 1;
    });
    await page.goto(`${address}?${new URLSearchParams(shot.query)}`);
    await page.waitForSelector('[data-testid="header"]');
    await page.waitForTimeout(350);
    if (shot.hover !== undefined) {
      const plot = page.locator('[data-testid="attention-map"] .plot');
      const box = await plot.boundingBox();
      const [row, column] = shot.hover;
      const rows = Number(await plot.getAttribute('data-rows'));
      const columns = Number(await plot.getAttribute('data-columns'));
      await page.mouse.move(box.x + ((column + 0.5) / columns) * box.width, box.y + ((row + 0.5) / rows) * box.height);
      await page.waitForTimeout(60);
    }
    await page.screenshot({ path: `${folder}/${name}.png` });
    await page.close();
  }
  await browser.close();
}
