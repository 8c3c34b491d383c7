/** The interpreter that runs golden cases: Python's own rules where they differ from JavaScript's, and what it refuses. */
import { describe, expect, test } from 'vitest';
import { Tensor, tensor } from '../../../core/index.ts';
import { evaluatePython, runPython } from '../../golden/python/interpreter.ts';
import { scopeWith } from '../../golden/python/torch.ts';

const x = tensor([
  [1, 2, 3],
  [4, 5, 6],
]);

function plain(value: unknown): unknown {
  if (value instanceof Tensor) return value.toArray();
  return Array.isArray(value) ? value.map(plain) : value;
}

test.each([
  ['2 ** -0.5 * 4', 2 ** -0.5 * 4],
  ['-2 ** 2', -4],
  ['7 // 2 + -7 // 2', -1],
  ['-7 % 3', 2],
  ['1 - 2 - 3', -4],
  ['[k for k in range(5) if k % 2 == 0]', [0, 2, 4]],
  ["[v for k, v in {'a': 1, 'b': 2}.items() if k not in ('a',)]", [2]],
  ['3 if None else 4', 4],
  ['0 or 5', 5],
  ["float('inf')", Number.POSITIVE_INFINITY],
  ['len([(1, 2), [3]])', 2],
  ['x[1]', [4, 5, 6]],
  ['x[:, -1]', [3, 6]],
  [
    'x[::1, 1:]',
    [
      [2, 3],
      [5, 6],
    ],
  ],
  ['x[..., None, 0]', [[1], [4]]],
  [
    'x[:, torch.tensor([2, 0], dtype=torch.long)]',
    [
      [3, 1],
      [6, 4],
    ],
  ],
  ['x[x > 4]', [5, 6]],
  [
    '1 - x.T',
    [
      [0, -3],
      [-1, -4],
      [-2, -5],
    ],
  ],
  [
    '2 < x',
    [
      [false, false, true],
      [true, true, true],
    ],
  ],
  [
    '~(x > 2)',
    [
      [true, true, false],
      [false, false, false],
    ],
  ],
  [
    'x @ x.t()',
    [
      [14, 32],
      [32, 77],
    ],
  ],
  ['torch.cat([x, x], dim=-1).shape', [2, 6]],
  ['x.expand(2, *x.shape).size(0)', 2],
  ['x.sum(dim=(0, 1), keepdim=True)', [[21]]],
  [
    'F.max_pool1d(x.unsqueeze(0), 2, 1, padding=0)',
    [
      [
        [2, 3],
        [5, 6],
      ],
    ],
  ],
])('%s', (code, want) => {
  expect(plain(evaluatePython(code, scopeWith({ x })))).toEqual(want);
});

test('assignments, loops and functions', () => {
  const scope = scopeWith({ x });
  runPython(
    [
      'def twice(u, by=2):',
      '    return u * by',
      'a, (b, c) = 1, (2, 3)',
      'a += b',
      'seen = []',
      'for i, row in enumerate(x):',
      '    if i == 0: seen.append(twice(row))',
      '    else:',
      '        seen.append(twice(row, by=3))',
      'y = torch.zeros(2, 4)',
      'y[:, 0::2] = x[:, :2]',
      'kept = 7  # is given',
    ].join('\n'),
    scope,
    new Set(['kept']),
  );
  expect(['a', 'c', 'seen', 'y', 'kept'].map((name) => plain(scope.get(name)))).toEqual([
    3,
    3,
    [
      [2, 4, 6],
      [12, 15, 18],
    ],
    [
      [1, 0, 2, 0],
      [4, 0, 5, 0],
    ],
    undefined,
  ]);
});

describe('what is not known is said, not passed over', () => {
  test.each([
    ['y + 1', /uses the name y/],
    ['F.gelu(x, approximat="tanh")', /no argument approximat/],
    ['x.sum(1, True, 2, 3, 4)', /takes/],
    ['x[(1 +]', /does not parse/],
    ['x.apply_(print)', /a tensor has no apply/],
    ['torch.sum(x, dim="a")', /dimension|dim/],
  ])('%s', (code, message) => {
    expect(() => evaluatePython(code, scopeWith({ x }))).toThrow(message);
  });
});
