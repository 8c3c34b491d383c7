/** Every view and state of the panel's page, in the four themes, by axe-core: no violation, whatever its severity. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureBrowser } from '../../scripts/setup/browser.mjs';
import { servePage } from '../../webview/dev/page.mjs';

const folder = mkdtempSync(join(tmpdir(), 'tensight-page-'));
let browser: Browser;
let page: Awaited<ReturnType<typeof servePage>>;

beforeAll(async () => {
  page = await servePage({ folder });
  browser = await chromium.launch({
    executablePath: await ensureBrowser(),
    args: ['--no-sandbox', '--disable-gpu'],
  });
});
afterAll(async () => {
  await browser?.close();
  await page?.end();
  rmSync(folder, { recursive: true, force: true });
});

const states = {
  'shapes, nothing run': 'view=shapes&state=shape',
  'shapes with a layer’s detail': 'view=shapes&layer=encoder.layers.1.self_attn',
  'shapes out of date': 'view=shapes&state=stale&layer=head',
  'shapes of a model that fails': 'view=shapes&trace=broken',
  'shapes with NaN': 'view=shapes&trace=sick&layer=decoder.layers.0.linear1',
  'attention, nothing run': 'view=attention&state=shape',
  attention: 'view=attention&layer=decoder.layers.1.self_attn',
  'attention of many layers while a run goes on': 'view=attention&trace=gpt&state=progress',
  'gradients, nothing run': 'view=gradients&state=shape',
  'gradients that are healthy': 'view=gradients&layer=encoder.layers.0.linear1',
  'gradients that are not': 'view=gradients&trace=sick&layer=decoder.layers.0.linear1',
  'training, none': 'view=training',
  'training under way': 'view=training&training=running',
  'training done': 'view=training&training=done',
  'training that failed': 'view=training&training=failed',
  'no model': 'trace=none',
  'a folder that is not trusted': 'trusted=no',
};

/** In every theme; light, where text has the least contrast, shows all of them. */
const main = /detail|NaN|^attention$|are not|under way|failed/;

for (const theme of ['dark', 'light', 'hc', 'hcl'])
  test(`has no violation in the theme ${theme}`, async () => {
    const tab = await browser.newPage({ viewport: { width: 660, height: 860 } });
    await tab.addInitScript(axe.source);
    const found: string[] = [];
    for (const [state, query] of Object.entries(states)) {
      if (theme !== 'light' && !main.test(state)) continue;
      await tab.goto(`${page.address}?${query}&theme=${theme}`);
      await tab.waitForSelector('[data-testid="header"], [data-testid="no-model"], [data-testid="untrusted"]');
      await tab.evaluate(settled);
      const violations = await tab.evaluate<Violation[]>(violationsHere);
      for (const { id, impact, nodes } of violations)
        found.push(`${state}: ${id} (${impact}) ×${nodes.length}: ${nodes[0]?.why} ${nodes[0]?.html}`);
    }
    await tab.close();
    expect(found).toEqual([]);
  });

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly why: string; readonly html: string }[];
}

/** In the page: only what is told of a violation comes back. */
const violationsHere = `axe.run({ resultTypes: ['violations'] }).then(({ violations }) =>
  violations.map(({ id, impact, nodes }) => ({
    id,
    impact,
    nodes: nodes.map(({ failureSummary = '', html }) => ({
      why: failureSummary.split('\\n')[1]?.trim(),
      html: html.slice(0, 200),
    })),
  })),
)`;

/** In the page: fonts are there, and what was asked for is drawn. */
const settled = `document.fonts.ready.then(() => new Promise((done) => setTimeout(done, 200)))`;
