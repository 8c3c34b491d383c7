import { describe, expect, test } from 'vitest';
import { fittingDepth, flatten, type RowOptions, reveal } from '../../../extension/reading/rows.ts';
import { buildTree } from '../../../extension/reading/tree.ts';
import { gpt, transformer } from '../../../webview/dev/traces/models.ts';

const modelOf = (trace: ReturnType<typeof gpt>) => trace.models[0]!;
const translator = buildTree(modelOf(transformer({ mode: 'shape', run: 1 })));
const small = buildTree(modelOf(gpt({ mode: 'shape', run: 1 })));
const plain: RowOptions = { toggled: new Map(), openDepth: 99, operations: false, foldRepeats: false, filter: '' };
const keys = (options: Partial<RowOptions>, root = translator) =>
  flatten(root, { ...plain, ...options }).rows.map((row) => row.key);

describe('The module tree', () => {
  test('is in the order things ran, not in the order they were declared', () => {
    const top = keys({ openDepth: 1 });
    expect(top).toEqual(['·', 'source', 'encoder', 'target', 'decoder', 'head']);
  });

  test('shows operations between the layers, where they ran', () => {
    const children = flatten(translator, { ...plain, operations: true }).rows.filter(
      (row) =>
        row.node.module === translator?.children[1]?.children[0]?.children[0]?.module ||
        row.key.startsWith('encoder.layers.0'),
    );
    const depth = children.find((row) => row.key === 'encoder.layers.0')!.depth + 1;
    expect(children.filter((row) => row.depth === depth).map((row) => row.node.label)).toEqual([
      'self_attn',
      'add',
      'norm1',
      'linear1',
      'activation',
      'linear2',
      'add',
      'norm2',
      'add',
    ]);
  });

  test('opens and closes by hand, and remembers it by path', () => {
    expect(keys({ openDepth: 1, toggled: new Map([['encoder', true]]) })).toContain('encoder.layers');
    expect(keys({ toggled: new Map([['encoder', false]]) })).not.toContain('encoder.layers');
  });

  test('filters by name or class, keeps the way to what matches, and says how many of how many', () => {
    const found = flatten(translator, { ...plain, filter: 'embedding' });
    expect(found.rows.map((row) => row.key)).toEqual(['·', 'source', 'target']);
    expect(found.rows[0]?.path).toBe(true);
    expect(found.matching).toBe(2);
    expect(found.total).toBeGreaterThan(30);
  });

  test('folds equal neighbours into one row, and unfolds them', () => {
    const folded = flatten(small, { ...plain, foldRepeats: true, openDepth: 2 }).rows;
    const block = folded.find((row) => row.key === 'h.0');
    expect(block?.repeat).toBe(12);
    expect(block?.lastLabel).toBe('11');
    expect(folded.some((row) => row.key === 'h.5')).toBe(false);
    const unfolded = flatten(small, {
      ...plain,
      foldRepeats: true,
      openDepth: 2,
      toggled: new Map([['×h.0', true]]),
    }).rows;
    expect(unfolded.some((row) => row.key === 'h.1')).toBe(true);
  });

  test('says every row’s place among its siblings and its owner’s row, for those who cannot see it', () => {
    const { rows } = flatten(translator, plain);
    for (const [i, row] of rows.entries()) {
      expect(row.parent).toBeLessThan(i);
      expect(row.position).toBeLessThanOrEqual(row.setSize);
      if (row.parent >= 0) expect(rows[row.parent]!.depth).toBe(row.depth - 1);
    }
  });

  test('starts as deep open as fits, and opens the way to a summoned layer', () => {
    expect(fittingDepth(translator, 60)).toBe(99);
    expect(fittingDepth(small, 60)).toBe(2);
    expect([...reveal(new Map(), 'h.3.attn').keys()]).toEqual(['·', 'h', 'h.3']);
  });

  test('of 10,000 layers is flattened', () => {
    const leaf = (i: number) => ({
      key: `l${i}`,
      kind: 'module' as const,
      label: `l${i}`,
      className: 'Linear',
      module: i,
      children: [],
      signature: 'x',
    });
    const root = { ...leaf(0), key: '·', children: Array.from({ length: 10_000 }, (_, i) => leaf(i + 1)) };
    expect(flatten(root, plain).rows).toHaveLength(10_001);
  });
});
