/** A fix is data: applied to the text, it mends what it was offered for. */
import { expect, test } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { diagnose } from '../../../extension/server/diagnostics.ts';
import type { TextFix } from '../../../extension/server/fixes.ts';
import { PlaceTracker } from '../../../extension/server/placeTracker.ts';
import { run } from '../says/say.ts';

/** The fixes offered for a program, and what is wrong with it. */
function offered(text: string): { fixes: readonly TextFix[]; errors: readonly string[] } {
  const { trace } = run(text);
  const places = new PlaceTracker(trace.sites, () => false);
  const found = [...diagnose(trace.problems, trace.file, places, (_file, range) => range).values()].flat();
  return {
    fixes: found.flatMap(({ fix }) => fix ?? []),
    errors: found.filter(({ severity }) => severity === 1).map(({ message }) => message),
  };
}

const applied = (text: string, { uri, range, after }: TextFix) =>
  TextDocument.applyEdits(TextDocument.create(uri, 'typescript', 1, text), [{ range, newText: after }]);

/** A model that hands `layer` a tensor of `shape`; `call` is how. */
const model = (
  layer: string,
  shape: string,
  call = 'this.layer.forward(x)',
  before = '',
) => `import { defineModel, nn, randn, type Tensor } from 'tensight';
${before}
class Net extends nn.Module {
  layer = ${layer};
  forward(x: Tensor) { return ${call}; }
}
export default defineModel({ model: () => new Net(), inputs: { x: randn(${shape}) } });
`;

test.each<[string, string, string, string]>([
  ['new nn.Linear(4, 8)', '[2, 12]', 'inFeatures', '12'],
  ['new nn.Linear(hidden, 8, { bias: false })', '[2, 12]', 'inFeatures', '12'],
  ['new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(9, 2))', '[2, 4]', 'inFeatures', '8'],
  ['new nn.Conv2d(1, 8, 3, { padding: 1 })', '[2, 3, 6, 6]', 'inChannels', '3'],
  ['new nn.Conv1d(1, 8, 3)', '[2, 3, 6]', 'inChannels', '3'],
  ['new nn.ConvTranspose2d(\n    1,\n    8,\n    3,\n  )', '[2, 3, 6, 6]', 'inChannels', '3'],
  ['new nn.BatchNorm2d(16)', '[2, 3, 6, 6]', 'numFeatures', '3'],
  ['new nn.InstanceNorm1d(16, { affine: true })', '[2, 3, 7]', 'numFeatures', '3'],
  ['new nn.LayerNorm(4)', '[2, 12]', 'normalizedShape', '12'],
  ['new nn.LayerNorm([4, 4])', '[2, 3, 12]', 'normalizedShape', '[3, 12]'],
  ['new nn.RMSNorm(4)', '[2, 12]', 'normalizedShape', '12'],
  ['new nn.GRUCell(4, 8)', '[2, 12]', 'inputSize', '12'],
])('%s, given %s: %s becomes %s', (layer, shape, argument, value) => {
  const text = model(layer, shape, undefined, 'const hidden = 4;');
  const { fixes } = offered(text);
  expect(fixes).toHaveLength(1);
  expect(fixes[0]).toMatchObject({ after: value, title: expect.stringContaining(`Change ${argument} of `) });
  expect(offered(applied(text, fixes[0]!)).errors).toEqual([]);
});

test('an option that is there is changed, wherever it stands', () => {
  const layer = 'new nn.MultiheadAttention(8, 2, { dropout: 0.1, kdim: 5, vdim: 8, batchFirst: true })';
  const text = model(layer, '[2, 3, 8]', 'this.layer.forward(x, x.narrow(-1, 0, 4), x)[0]');
  const { fixes } = offered(text);
  expect(fixes[0]?.title).toBe('Change kdim of MultiheadAttention from 5 to 4');
  expect(offered(applied(text, fixes[0]!)).errors).toEqual([]);
});

test.each<[string, string, string | undefined]>(
  [
    ['the layer is inside another of the library', 'new nn.TransformerEncoderLayer(8, 2)', '[2, 3, 12]'],
    ['the channels stand last, and are to be moved', 'new nn.Conv2d(3, 8, 3)', '[2, 6, 6, 3]'],
    ['a class of its own makes it', 'make()', '[2, 12]'],
    ['a class of its own takes other arguments', 'new Twice(2)', '[2, 12]'],
    ['arguments are spread', 'new nn.Linear(...([4, 8] as const))', '[2, 12]'],
    ['groups would not divide it', 'new nn.Conv2d(4, 4, 3, { groups: 2 })', '[2, 3, 6, 6]'],
    ['there is no such number', 'new nn.Conv2d(3, 8, 3)', '[2, 6]'],
  ].map(([what, layer, shape]) => [what!, layer!, shape]),
)('none is offered where %s', (_what, layer, shape) => {
  const { fixes, errors } = offered(
    model(
      layer,
      shape!,
      undefined,
      'const make = () => { class L extends nn.Linear { constructor() { super(4, 8); } } return new L(); };\nclass Twice extends nn.Linear { constructor(half: number) { super(2 * half, 8); } }',
    ),
  );
  expect(errors).toHaveLength(1);
  expect(fixes).toEqual([]);
});
