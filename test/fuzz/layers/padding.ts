/** Padding. */
import fc from 'fast-check';
import { python, type Written as Value } from '../case.ts';
import { input, int } from '../drawing.ts';
import { type Drawn, type Layers, number, planes } from './layer.ts';

const padding = (rank: number, low: number, value?: fc.Arbitrary<Value>, has = true): Drawn =>
  fc
    .tuple(
      fc.oneof<fc.Arbitrary<Value>[]>(int(low, 2), fc.array(int(low, 2), { minLength: 2 * rank, maxLength: 2 * rank })),
      value ?? fc.constant(undefined),
      planes(rank, 2).chain(input),
    )
    .map(([by, filler, a]) => ({
      args: filler === undefined ? [by] : [by, filler],
      inputs: [a],
      // PyTorch 1.13 has no such layer, and its function wants the batch.
      ...(!has && {
        theirs: `F.pad(${a.shape.length === rank + 1 ? 'a[None]' : 'a'}, ${python(typeof by === 'number' ? new Array(2 * rank).fill(by) : by)}, mode='circular')${a.shape.length === rank + 1 ? '[0]' : ''}`,
      }),
    }));

export const paddings: Layers = {
  ConstantPad1d: padding(1, -1, number(0.5, -2)),
  ConstantPad2d: padding(2, -1, number(0.5, -2)),
  ZeroPad1d: padding(1, -1).map((layer) => ({
    ...layer,
    theirs: `F.pad(a, ${typeof layer.args![0] === 'number' ? python([layer.args![0], layer.args![0]]) : python(layer.args![0]!)})`,
  })),
  ZeroPad2d: padding(2, -1),
  ReflectionPad1d: padding(1, -1),
  ReflectionPad2d: padding(2, -1),
  ReplicationPad1d: padding(1, -1),
  ReplicationPad2d: padding(2, -1),
  CircularPad1d: padding(1, 0, undefined, false),
  CircularPad2d: padding(2, 0, undefined, false),
};
