import { expect, test } from 'vitest';
import { outputRange } from '../../../extension/reading/outputRange.ts';
import { factsOf } from '../../../extension/reading/row.ts';
import { sceneOf } from '../../../extension/reading/scene.ts';
import { buildTree, type TreeNode } from '../../../extension/reading/tree.ts';
import { transformer } from '../../../webview/dev/traces/models.ts';

test('the scale of outputs holds every layer’s, whatever is not finite in one', () => {
  const run = transformer({ mode: 'forward', run: 1, ailments: { head: 'nan' } });
  const scene = sceneOf({ uri: run.file, run, outOfDate: false })!;
  const range = outputRange(run.models[0]!)!;
  const all: number[] = [];
  const visit = (node: TreeNode): void => {
    const stats = node.kind === 'module' ? factsOf(scene, node).stats : undefined;
    if (stats !== undefined) all.push(stats.min, stats.max);
    node.children.forEach(visit);
  };
  visit(buildTree(run.models[0]!)!);
  expect(range).toEqual({ min: Math.min(...all), max: Math.max(...all) });
  const [model] = run.models;
  const empty = model!.tensors.map((each) => ({
    ...each,
    stats: { ...each.stats!, min: Number.NaN, max: Number.NaN },
  }));
  expect(outputRange({ ...model!, tensors: empty })).toBeUndefined();
  expect(outputRange(transformer({ mode: 'shape', run: 1 }).models[0]!)).toBeUndefined();
});
