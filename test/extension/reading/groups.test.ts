import { describe, expect, it } from 'vitest';
import { groupedRows } from '../../../extension/reading/groups.ts';

const drawn = (paths: readonly string[]) =>
  groupedRows(paths).map(
    ({ index, label, inside }) => `${inside ? '  ' : ''}${label}${index === undefined ? ':' : ''}`,
  );

describe('paths of layers', () => {
  it('stand below their block, by the rest of their names', () => {
    expect(drawn(['embed', 'h.0.attn.proj', 'h.0.norm', 'h.1.attn.proj', 'h.1.norm', 'head'])).toEqual([
      'embed',
      'h.0:',
      '  attn.proj',
      '  norm',
      'h.1:',
      '  attn.proj',
      '  norm',
      'head',
    ]);
  });

  it('go to the innermost block', () => {
    expect(drawn(['stages.0.blocks.1.conv', 'stages.0.blocks.1.norm'])).toEqual([
      'stages.0.blocks.1:',
      '  conv',
      '  norm',
    ]);
  });

  it('stay whole where nothing is shared: alone in a block, a Sequential’s own layers, the model', () => {
    expect(drawn(['h.0.attn', 'h.1.attn', '0', '1', ''])).toEqual(['h.0.attn', 'h.1.attn', '0', '1', '']);
  });

  it('keep their order where a block is come back to', () => {
    const paths = ['h.0.a', 'h.0.b', 'x', 'h.0.a', 'h.0.c'];
    expect(groupedRows(paths).flatMap(({ index }) => index ?? [])).toEqual([0, 1, 2, 3, 4]);
    expect(drawn(paths).filter((row) => row === 'h.0:')).toHaveLength(2);
  });
});
