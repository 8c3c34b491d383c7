/** Every view and state of the panel's page, in the four themes, by axe-core: no violation, whatever its severity. */
import axe from 'axe-core';
import { expect, test } from 'vitest';
import { open, reopenInSilence, settled, tab } from './tab.ts';

const states = {
  'shapes, nothing run': 'view=shapes&trace=cnn&state=shape',
  'shapes with a layer’s detail': 'view=shapes&layer=encoder.layers.1.self_attn',
  'feature maps side by side, in detail': 'view=shapes&trace=cnn&layer=conv1',
  'shapes out of date': 'view=shapes&trace=cnn&state=stale&layer=conv1',
  'shapes of a model that fails': 'view=shapes&trace=broken',
  'shapes with NaN': 'view=shapes&trace=sick&layer=decoder.layers.0.linear1',
  'attention, nothing run': 'view=attention&state=shape',
  attention: 'view=attention&layer=decoder.layers.1.self_attn',
  'attention heads as a list': 'view=attention&layer=decoder.layers.1.self_attn',
  'attention of many layers while a run goes on': 'view=attention&trace=gpt&state=progress',
  'gradients, nothing run': 'view=gradients&state=shape',
  'gradients that are healthy': 'view=gradients&layer=encoder.layers.0.linear1',
  'gradients that are not': 'view=gradients&trace=sick&layer=decoder.layers.0.linear1',
  'training, none': 'view=training',
  'training under way': 'view=training&training=running',
  'training done': 'view=training&training=done',
  'training that failed': 'view=training&training=failed',
  'shapes of an earlier run': 'view=shapes&trace=cnn&layer=conv1',
  'attention of an earlier run': 'view=attention&layer=decoder.layers.1.self_attn',
  'gradients of an earlier run': 'view=gradients&layer=encoder.layers.0.linear1',
  'training whose parameters are lost': 'view=training&training=done',
  'no model': 'trace=none',
  'a folder that is not trusted': 'trusted=no',
};

/** What is done first. */
const first: Partial<Record<string, () => Promise<void>>> = {
  'attention heads as a list': () => tab.getByTestId('toggle-list').click(),
  'shapes of an earlier run': () => reopen('&trace=cnn'),
  'attention of an earlier run': reopen,
  'gradients of an earlier run': reopen,
  'training whose parameters are lost': reopen,
};

async function reopen(query = ''): Promise<void> {
  await reopenInSilence(`&theme=light${query}`);
  await tab.waitForSelector('[data-testid="header"]');
  await settled();
}

test.each(Object.entries(states))('has no violation in any theme: %s', async (name, query) => {
  await tab.addInitScript(axe.source);
  await open(`${query}&theme=light`, 660, 860);
  await first[name]?.();
  const found = await violations('light', {});
  for (const theme of ['dark', 'hc', 'hcl']) {
    await tab.evaluate(`tensightHost.applyTheme('${theme}')`);
    await settled();
    // The rest of the page is what it was.
    found.push(
      ...(await violations(theme, { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } })),
    );
  }
  expect(found).toEqual([]);
});

async function violations(theme: string, options: axe.RunOptions): Promise<string[]> {
  const found = await tab.evaluate<Violation[]>(`(${violationsHere})(${JSON.stringify(options)})`);
  return found.map(
    ({ id, impact, nodes }) => `${theme}: ${id} (${impact}) ×${nodes.length}: ${nodes[0]?.why} ${nodes[0]?.html}`,
  );
}

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly why: string; readonly html: string }[];
}

/** In the page: only what is told of a violation comes back. */
const violationsHere = `(options) => axe.run({ ...options, resultTypes: ['violations'], preload: false }).then(({ violations }) =>
  violations.map(({ id, impact, nodes }) => ({
    id,
    impact,
    nodes: nodes.map(({ failureSummary = '', html }) => ({
      why: failureSummary.split('\\n')[1]?.trim(),
      html: html.slice(0, 200),
    })),
  })),
)`;
