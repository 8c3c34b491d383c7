import { describe, expect, test } from 'vitest';
import { keyOf, roleOf, tokensOf } from '../../../extension/reading/attention.ts';
import { labelsOf, shapeText } from '../../../extension/reading/axes.ts';
import { layerAtSite } from '../../../extension/reading/find.ts';
import { findings } from '../../../extension/reading/health.ts';
import { factsOf } from '../../../extension/reading/row.ts';
import { executedCall, sceneOf } from '../../../extension/reading/scene.ts';
import { buildTree } from '../../../extension/reading/tree.ts';
import { tensorsIn } from '../../../extension/reading/values.ts';
import { gpt, transformer } from '../../../webview/dev/traces/models.ts';

const shape = transformer({ mode: 'shape', run: 1 });
const run = transformer({ mode: 'backward', run: 2 });
const broken = transformer({ mode: 'shape', run: 3, broken: true });
const uri = 'file:///a.model.ts';

describe('What is looked at', () => {
  test('is the shape run before anything was executed', () => {
    const scene = sceneOf({ uri, shape, outOfDate: false });
    expect(scene?.base.file.run).toBe(1);
    expect(scene?.values).toBeUndefined();
  });

  test('is the executed run while it is of the present text', () => {
    const scene = sceneOf({ uri, shape, run, outOfDate: false });
    expect(scene?.base.file.run).toBe(2);
    expect(scene?.outOfDate).toBe(false);
  });

  test('after an edit: shapes of the present text, numbers of the run before, marked as such', () => {
    const scene = sceneOf({ uri, shape, run, outOfDate: true })!;
    expect(scene.base.file.run).toBe(1);
    expect(scene.outOfDate).toBe(true);
    const call = scene.base.model.calls[5]!;
    const twin = executedCall(scene, call)!;
    expect(run.models[0]!.modules[twin.module]!.path).toBe(scene.base.model.modules[call.module]!.path);
    const node = buildTree(scene.base.model)!.children[1]!;
    const facts = factsOf(scene, node);
    expect(facts.outputs[0]?.shown.stats).toBeUndefined();
    expect(facts.stats?.count).toBeGreaterThan(0);
    expect(facts.ms).toBeGreaterThan(0);
  });

  test('where the present text ends before the model is called: the last tree, and the layer it fails at', () => {
    const [model] = shape.models;
    const failed = model!.modules.findIndex(({ path }) => path === 'encoder');
    const present = {
      ...{
        ...shape,
        run: 4,
        problems: [{ severity: 'error', code: 'exception', message: 'no', site: model!.modules[failed]!.site! }],
      },
      models: [{ ...model!, modules: model!.modules.slice(0, 1), calls: [], complete: false }],
    } as typeof shape;
    const scene = sceneOf({ uri, shape: present, before: shape, outOfDate: false })!;
    expect(scene.base.file).toBe(shape);
    expect(scene.earlier).toBe(true);
    expect(scene.failing).toContain(failed);
    const away = sceneOf({ uri, shape: { ...present, models: [] }, before: shape, outOfDate: false })!;
    expect(away.base.file).toBe(shape);
    expect(sceneOf({ uri, shape, outOfDate: false })).toMatchObject({ earlier: false, failing: new Set() });
  });

  test('of a run that an error ended: all modules there are, outputs of those that finished', () => {
    const scene = sceneOf({ uri, shape: broken, outOfDate: false })!;
    expect(scene.base.model.complete).toBe(false);
    const root = buildTree(scene.base.model)!;
    expect(root.children.map((child) => child.label)).toContain('head');
    const head = root.children.find((child) => child.label === 'head')!;
    expect(factsOf(scene, head).calls).toBe(0);
  });

  test('falls back on the first model when the chosen one is gone', () => {
    expect(sceneOf({ uri, shape, outOfDate: false }, 'gone')?.base.model.exportName).toBe('default');
    expect(sceneOf({ uri, shape: { ...shape, models: [] }, outOfDate: false })).toBeUndefined();
  });
});

describe('From the trace to words', () => {
  const model = run.models[0]!;

  test('shapes carry the names of their axes', () => {
    const tensor = model.tensors.find((each) => each.axes.length === 3 && each.axes[2]?.name === 'embed')!;
    expect(shapeText(tensor)).toBe(`[batch 2, seq ${tensor.shape[1]}, embed 64]`);
  });

  test('every tensor of a nested value is found, with the way to it', () => {
    const tensor = (id: number) => ({ kind: 'tensor', tensor: id }) as const;
    expect(tensorsIn({ kind: 'list', items: [tensor(1), { kind: 'dict', entries: { hidden: tensor(2) } }] })).toEqual([
      { way: '[0]', tensor: 1 },
      { way: '[1].hidden', tensor: 2 },
    ]);
  });

  test('labels are of the element of the batch that is shown, and none rather than too few', () => {
    expect(
      labelsOf(
        {
          labels: [
            ['a', 'b'],
            ['c', 'd'],
          ],
        },
        2,
        1,
      ),
    ).toEqual(['c', 'd']);
    expect(labelsOf({ labels: ['a', 'b'] }, 3)).toBeUndefined();
  });

  test('queries and keys have their own words', () => {
    const cross = model.attention.find((record) => record.kind === 'cross')!;
    const { query, key, named } = tokensOf(model, cross, 0);
    expect(named).toBe(true);
    expect(query[1]).toBe('This');
    expect(key[0]).toBe('Das');
    const unnamed = { ...model, tensors: model.tensors.map((each) => ({ ...each, axes: each.shape.map(() => ({})) })) };
    expect(tokensOf(unnamed, cross, 0).key[3]).toBe('3');
  });

  test('a map is encoder self, decoder self or cross', () => {
    expect(model.attention.map((record) => roleOf(model, record))).toEqual([
      'encoder self',
      'encoder self',
      'decoder self',
      'cross',
      'decoder self',
      'cross',
    ]);
    const causal = gpt({ mode: 'forward', run: 1 }).models[0]!;
    expect(new Set(causal.attention.map((record) => roleOf(causal, record)))).toEqual(new Set(['decoder self']));
    expect(keyOf(causal, causal.attention[3]!)).toBe('h.3.attn');
  });

  test('a place in the source leads to the outermost layer called there', () => {
    const call = model.calls.find((each) => model.modules[each.module]!.path === 'decoder.layers.1')!;
    expect(layerAtSite(model, call.site!)).toBe('decoder.layers.1');
    expect(layerAtSite(model, 999_999)).toBeUndefined();
  });

  test('what is wrong with a tensor comes worst first', () => {
    const stats = { count: 10, min: 0, max: 0, mean: 0, std: 0, norm: 0, nan: 0, posInf: 0, negInf: 0, zeros: 10 };
    expect(findings(stats).map((each) => each.text)).toEqual(['all zero']);
    expect(findings({ ...stats, zeros: 0, nan: 2, negInf: 1 }).map((each) => each.text)).toEqual(['2 NaN', '1 ∞']);
    expect(findings({ ...stats, zeros: 0, max: 1, min: 1 }).map((each) => each.text)).toEqual(['constant']);
    expect(findings({ ...stats, zeros: 5, std: 1, max: 1 })).toEqual([]);
  });
});
