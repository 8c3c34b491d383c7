import { describe, expect, it } from 'vitest';
import type { Range } from '../../../core/trace/trace.ts';
import type { LensLevel, RunActivity } from '../../../extension/protocol/server.ts';
import type { Training } from '../../../extension/protocol/training.ts';
import { atLevel, lensCommands, lensTargets, lensTitle, withRun } from '../../../extension/server/codeLens.ts';
import { hoverText } from '../../../extension/server/hover.ts';
import { inlayHints } from '../../../extension/server/inlayHints.ts';
import { outline } from '../../../extension/server/outline.ts';
import { PlaceTracker } from '../../../extension/server/placeTracker.ts';
import { track, View } from '../../../extension/server/view.ts';
import { type Options, rangeOf, text, trace, uri } from './fixture.ts';

const course: Training = {
  ...{ uri, model: 'default', name: 'Tiny', state: 'done', step: 300, steps: 300, firstLoss: 2.3, loss: 0.01234 },
  ...{ ms: 1200, curve: { width: 1, mean: [], min: [], max: [] }, result: {}, outOfDate: false, parameters: 'trained' },
};
const all: Range = { start: { line: 0, character: 0 }, end: { line: 999, character: 0 } };
const lines = text.split('\n');

function source(options: Options = {}, outOfDate = false) {
  const one = trace(options);
  return { trace: one, places: track(one), outOfDate };
}

function hoverAt(view: View, part: string, nth = 0): string {
  const spot = view.at(uri, rangeOf(part, nth).start);
  return spot === undefined ? '' : hoverText(spot, uri);
}

function hints(view: View, fields = false): string[] {
  return inlayHints(view, uri, all, (line) => lines[line]!, fields).map(
    ({ position, label }) => `${lines[position.line]!.slice(0, position.character).trim()}${label}`,
  );
}

describe('a hover', () => {
  it('says type, named axes, bytes, provenance and what made it', () => {
    const text = hoverAt(new View({ latest: source() }), 'h = ');
    expect(text).toContain('**h** `f32 [batch 2, embed 4]` · 32 B · ×2');
    expect(text).toContain('*inferred* · made by `linear` at line 7 in `blocks.0`');
  });

  it('adds statistics and gradients after a run, what is not finite first', () => {
    const text = hoverAt(new View({ latest: source(), run: source({ mode: 'backward', run: 2 }) }), 'h = ');
    expect(text).toContain('μ 0.01 σ 0.98 \\[−2.1 … 2.3\\]');
    expect(text).toContain('| NaN 3 · μ 0.01');
    expect(text).toContain('| 0.031 |');
  });

  it('marks statistics of an earlier text', () => {
    const view = new View({ latest: source(), run: source({ mode: 'forward', run: 2 }, true) });
    expect(hoverAt(view, 'h = ')).toContain('⋯ *out of date*');
    expect(hoverAt(view, 'h = ')).toContain('*inferred*');
  });

  it('tells a layer: class, arguments, parameters, flow, instances, and what to do', () => {
    const text = hoverAt(new View({ latest: source() }), 'fc.forward');
    expect(text).toContain('`Linear` `4 → 4, bias` · 20 parameters · ×2');
    expect(text).toContain('`inFeatures=4, outFeatures=4, bias=true`');
    expect(text).toContain('[batch 2, embed 4] → [batch 2, embed 4]');
    expect(text).toContain('| weight | \\[batch 4, embed 4\\] | 16 |');
    // Short: what it is, what can be done, one table without code in it; the rest after that.
    const order = ['`Linear`', '→', 'command:tensight.runLayer', '| weight |', 'instances:', 'inFeatures'];
    expect(order.map((part) => text.indexOf(part))).toEqual(
      order.map((part) => text.indexOf(part)).sort((a, b) => a - b),
    );
    expect(text.split('\n').filter((line) => line.startsWith('|') && line.includes('`'))).toEqual([]);
    expect(text).toContain('instances: `blocks.0.fc`, `blocks.1.fc`');
    const link = /command:tensight\.runLayer\?([^)]+)\)/.exec(text)?.[1];
    expect(JSON.parse(decodeURIComponent(link!))).toEqual([
      { uri, model: 'default', layer: ['blocks.0.fc', 'blocks.1.fc'] },
    ]);
  });

  it('says nothing of a layer where a diagnostic speaks, and still the shape of a value', () => {
    const view = new View({ latest: source() });
    const told = (part: string) => hoverText(view.at(uri, rangeOf(part).start)!, uri, true);
    expect(told('fc.forward')).toBe('');
    expect(told('h = ')).toContain('**h** `f32 [batch 2, embed 4]`');
  });

  it('is of the innermost expression', () => {
    const view = new View({ latest: source() });
    expect(view.at(uri, rangeOf('fc.forward').start)?.site.text).toBe('this.fc');
    expect(view.at(uri, rangeOf('.forward(x)').start)?.site.text).toBe('this.fc.forward(x)');
    // A caret behind a name still means it.
    expect(view.at(uri, rangeOf('const h').end)?.site.text).toBe('h');
  });

  it('lets no name break out of the markdown', () => {
    const one = trace();
    const labels = ['a`b', '](command:evil)', '|', '\n'];
    const tensors = one.models[0]!.tensors.map((t) =>
      t.id === 2 || t.id === 5 ? { ...t, axes: [{ name: 'x`](command:y)' }, { name: 'tok', labels }] } : t,
    );
    const evil = { ...one, models: [{ ...one.models[0]!, tensors }] };
    const view = new View({ latest: { trace: evil, places: track(evil), outOfDate: false } });
    const text = hoverAt(view, 'h = ');
    expect(text).toContain('``a`b ](command:evil) | ␣``');
    const outsideCode = text.replace(/(`+)[\s\S]*?[^`]\1(?!`)/g, '');
    expect(outsideCode).not.toContain('command:evil');
    expect(outsideCode).not.toContain('command:y');
  });
});

describe('inlay hints', () => {
  it('stand behind names, annotated arguments and returned expressions', () => {
    expect(hints(new View({ latest: source() }))).toEqual([
      'forward(x: Tensor [batch 2, embed 4]',
      'const h: [batch 2, embed 4]',
      'return h.add(x) → [batch 2, embed 4]',
      'return x.mean() → scalar',
    ]);
  });

  it('move with an edit, and mark what was edited', () => {
    const latest = source();
    const edit = { range: { start: { line: 6, character: 11 }, end: { line: 6, character: 11 } }, text: 'idden' };
    latest.places.edit(uri, edit);
    const view = new View({ latest });
    const hint = inlayHints(view, uri, all, () => '', false).find(({ spot }) => spot.site.text === 'h')!;
    expect(hint.position).toEqual({ line: 6, character: 16 });
    expect(hint.label).toBe(' ⋯ [batch 2, embed 4]');
  });

  it('keep what an error cut off, from the run before, marked', () => {
    const view = new View({ latest: source({ cutAt: 'h.add(x)', width: 8 }), good: source({}, true) });
    expect(hints(view)).toEqual([
      'forward(x: Tensor [batch 2, embed 8]',
      'const h: [batch 2, embed 8]',
      'return h.add(x) ⋯ [batch 2, embed 4]',
      'return x.mean() ⋯ scalar',
    ]);
  });

  it('give a layer its parameters where no lens does', () => {
    expect(hints(new View({ latest: source() }), true)[0]).toBe('fc: 20 parameters');
  });
});

describe('lenses', () => {
  const items = new PlaceTracker(outline(uri, text), () => true);
  const targets = () => lensTargets(new View({ latest: source() }), items, uri, uri);

  it('stand over classes, forwards, layer fields and the model', () => {
    expect(targets().map(({ range }) => lines[range.start.line]!.trim())).toEqual([
      'class Block extends nn.Module {',
      'fc = new nn.Linear(4, 4);',
      'forward(x: Tensor): Tensor {',
      'class Tiny extends nn.Module {',
      'forward(x: Tensor) {',
      'export default defineModel({ model: () => new Tiny(), inputs: { x: randn([2, 4]) } });',
    ]);
  });

  it('say what goes in and comes out, and how often', () => {
    expect(targets().map(lensTitle)).toEqual([
      '[batch 2, embed 4] → [batch 2, embed 4] · 20 parameters ×2',
      '[batch 2, embed 4] → [batch 2, embed 4] · 20 parameters ×2',
      '[batch 2, embed 4] → [batch 2, embed 4] · 20 parameters ×2',
      '[batch 2, embed 4] → scalar · 40 parameters',
      '[batch 2, embed 4] → scalar · 40 parameters',
      '[batch 2, embed 4] → scalar · 40 parameters',
    ]);
  });

  it('ask for all instances of a field, and for the whole model by naming no layer', () => {
    const [, field, , model] = targets();
    expect(lensCommands(field!)[1]).toEqual({
      title: '▷ Run ▾',
      command: 'tensight.actions',
      arguments: [{ uri, model: 'default', layer: ['blocks.0.fc', 'blocks.1.fc'], at: 'field' }],
    });
    expect(lensCommands(model!)).toEqual([
      {
        title: '[batch 2, embed 4] → scalar · 40 parameters',
        command: 'tensight.inspect',
        arguments: [{ uri, model: 'default', at: 'class' }],
      },
      { title: '▷ Run ▾', command: 'tensight.actions', arguments: [{ uri, model: 'default', at: 'class' }] },
    ]);
  });

  it('stand over models and classes, over layers where that is asked for, or over nothing', () => {
    const places = (level: LensLevel) => atLevel(targets(), level).map(({ place }) => place);
    expect(places('off')).toEqual([]);
    expect(places('models')).toEqual(['class', 'class', 'model']);
    expect(places('layers')).toEqual(['class', 'field', 'forward', 'class', 'forward', 'model']);
  });

  it('say Stop once for a run: where it was asked for, else over the model; the others say that theirs replaces it', () => {
    const run = { mode: 'forward', startedAt: 0, stopping: false, ops: 0, bytes: 0 } as const;
    const stops = (more: Partial<RunActivity>, level: LensLevel = 'layers') =>
      withRun(atLevel(targets(), level), { ...run, ...more })
        .filter((target) => lensCommands(target).some(({ command }) => command === 'tensight.stopRun'))
        .map(({ place, layer }) => `${place} ${layer.layer ?? 'whole'}`);
    expect(stops({})).toEqual(['model whole']);
    expect(stops({ model: 'default', at: 'class' })).toEqual(['class whole']);
    expect(stops({ model: 'default', at: 'forward' }, 'models')).toEqual(['model whole']);
    expect(stops({ layer: ['blocks.0', 'blocks.1'], at: 'forward' })).toEqual(['forward blocks.0,blocks.1']);
    expect(stops({ model: 'other' })).toEqual([]);
    const titles = withRun(atLevel(targets(), 'models'), { ...run, mode: 'backward', at: 'model' }).map(
      (target) => lensCommands(target)[1]?.title,
    );
    expect(titles).toEqual(['▷ Run instead of backward ▾', '▷ Run instead of backward ▾', '◼ Stop']);
  });

  it('stay over what a failed constructor did not come to, as the last complete run had it', () => {
    const good = source({}, true);
    const latest = source();
    const [model] = latest.trace.models;
    const modules = model!.modules.filter(({ className }) => className !== 'Block');
    Object.assign(latest, { trace: { ...latest.trace, models: [{ ...model!, modules }] } });
    const view = new View({ latest, good });
    const found = atLevel(lensTargets(view, items, uri, uri), 'models');
    expect(found.map(({ place, stale }) => `${place} ${stale}`)).toEqual(['class true', 'class false', 'model false']);
  });

  it('over a model that says how it is trained, train it, stop it, and say what that came to', () => {
    const titles = (training?: Partial<Training>) => {
      const last = training === undefined ? undefined : { ...course, ...training };
      const view = new View({ latest: source({ train: 300 }) });
      const all = lensTargets(view, items, uri, uri, { of: (model) => (model === 'default' ? last : undefined) });
      expect(all.filter(({ place, train }) => place === 'model' && train !== undefined)).toHaveLength(1);
      return lensCommands(all.at(-1)!).map(({ title }) => title);
    };
    expect(titles().slice(1)).toEqual(['▷ Run ▾']);
    expect(titles({ state: 'running' }).slice(1)).toEqual(['▷ Run ▾', '◼ Stop training']);
    expect(titles({}).slice(1)).toEqual(['▷ Run ▾', '✓ trained 300 steps · loss 2.3 → 0.0123']);
    expect(titles({ state: 'stopped', step: 120, outOfDate: true }).at(-1)).toBe(
      '⋯ ◼ stopped at step 120 of 300 · loss 2.3 → 0.0123',
    );
    expect(titles({ state: 'failed', step: 12, parameters: 'initial' }).at(-1)).toBe(
      '✗ training failed at step 13 · loss 2.3 → 0.0123',
    );
    expect(titles({ parameters: 'initial' }).at(-1)).toBe(
      '✓ trained 300 steps · loss 2.3 → 0.0123 · runs use initial parameters',
    );
  });
});
