import { describe, expect, it } from 'vitest';
import { head, run, words } from './say.ts';

const fn = (body: string, x: string, more = '') =>
  `${head}export default defineModel({ ${more}inputs: { x: ${x} }, model: () => (x: Tensor) => {\n${body}\n} });`;
const learnt = (w: string, body: string, more = '') => `${head}class Net extends nn.Module {
  w = new nn.Parameter(tensor(${w}));
  forward(x: Tensor): Tensor {
${body}
  }
}
export default defineModel({ model: () => new Net(), inputs: { x: tensor([1, 1, 1]) }, loss: ({ output }: any) => output.sum()${more} });`;

describe('the place where ∞ begins', () => {
  it.each([
    [
      'exp, found by ∞ / ∞',
      'const e = x.exp();\nconst s = e.mul(2).sum(-1, true);\nreturn e.div(s);',
      'tensor([[1000, 1]])',
      3,
      /∞ from here on: exp of numbers up to 1,?000/,
      /Subtract the largest/,
    ],
    ['log of 0', 'const l = x.log();\nreturn l.mul(2);', 'tensor([0, 1])', 3, /−∞ from here on: log of 0/, /clamp/],
    [
      'a division by 0',
      'const d = x.div(x.sub(1));\nreturn d.sub(d);',
      'tensor([1, 2])',
      3,
      /∞ from here on: a division by 0/,
      /divisor/,
    ],
    [
      'a power that is too large',
      'const p = x.pow(20);\nreturn p.sub(p);',
      'tensor([1e6, 2])',
      3,
      /∞ from here on: pow of numbers up to/,
      /scale/,
    ],
    [
      '∞ in what comes out alone',
      'return x.mul(1e30).mul(1e30);',
      'tensor([1, 2])',
      3,
      /∞ from here on: mul/,
      /smaller/,
    ],
  ])('%s', (_, body, x, line, message, hint) => {
    const { said } = run(fn(body, x), 'forward');
    expect(said).toHaveLength(1);
    expect(said[0]).toMatchObject({ line, severity: 'warning' });
    expect(said[0]!.message).toMatch(message);
    expect(said[0]!.hint).toMatch(hint);
    expect(said[0]!.hint).not.toMatch(_.startsWith('exp') ? /divisor/ : /^$/);
  });

  it('also says where NaN comes of it', () => {
    const { trace } = run(fn('const e = x.exp();\nreturn e.div(e);', 'tensor([1000])'), 'forward');
    const [found] = trace.problems;
    expect(found!.related?.map(({ site, message }) => [trace.sites[site]!.text, message])).toEqual([
      ['e.div(e)', 'it becomes NaN here, in div'],
    ]);
  });

  it.each([
    ['a mask', 'return x.maskedFill(x.gt(0), -Infinity);', 'tensor([1, -1])'],
    ['a mask before a softmax', 'return x.maskedFill(x.gt(0), -Infinity).softmax(-1);', 'tensor([1, -1])'],
    ['∞ in the data', 'return x.mul(2);', 'tensor([Infinity, 1])'],
    ['where', 'return where(x.gt(0), x, -Infinity);', 'tensor([1, -1])'],
  ])('but not where %s put it there', (_, body, x) => expect(words(fn(body, x), 'forward')).toBe(''));

  it('0 / 0 is a matter of the divisor, and no target that counts one of the targets', () => {
    expect(words(fn('return x.div(x.sum(-1, true));', 'tensor([[0, 0], [1, 2]])'), 'forward')).toMatch(
      /0 \/ 0 \| Add a small number to the divisor/,
    );
    const ignored = `${head}export default defineModel({ model: () => (x: Tensor) => x, inputs: { x: randn([2, 3]) }, targets: { y: tensor([-100, -100], { dtype: 'i32' }) }, loss: ({ output, targets }: any) => nn.functional.crossEntropy(output, targets.y) });`;
    expect(words(ignored, 'forward')).toMatch(/no target counts.*\| Keep at least one target/);
  });
});

describe('the place where the gradient becomes NaN', () => {
  const line = (text: string) =>
    run(text, 'backward').said.map(({ line, message, hint }) => `${line}: ${message} | ${hint}`);
  it('is the one of two uses that is at fault', () => {
    const text = learnt(
      '[0, 2, 3]',
      'const z = this.w.mul(x);\nconst small = z.mul(2);\nconst big = log(z);\nconst doubled = z.add(0);\nreturn where(z.gt(2), big, small).add(doubled);',
    );
    expect(line(text)).toEqual([
      expect.stringMatching(/^7: the gradient becomes NaN here, on its way back through log.*not chosen/),
    ]);
  });
  it('whichever is written last', () => {
    const text = learnt(
      '[0, 2, 3]',
      'const z = this.w.mul(x);\nconst doubled = z.add(0);\nconst big = z.log();\nconst more = z.mul(3);\nreturn where(z.gt(2), big, doubled).add(more);',
    );
    expect(line(text)).toEqual([expect.stringMatching(/^7: .*through log/)]);
  });
  it('is where it becomes infinite, and not where 0 makes NaN of that', () => {
    const text = `${head}class Net extends nn.Module {
  emb = new nn.Parameter(tensor([[1, 2], [3, 4]]));
  forward(other: Tensor): Tensor {
    const squares = this.emb.sub(other).square();
    const squared = squares.sum(-1);
    const distance = squared.sqrt();
    return distance.mean();
  }
}
export default defineModel({ model: () => new Net(), inputs: { other: tensor([[1, 2], [0, 0]]) }, loss: ({ output }: any) => output });`;
    expect(line(text)).toEqual([
      expect.stringMatching(
        /^7: the gradient becomes infinite here, on its way back through sqrt, and NaN before it.*\| At 0 its slope is infinite/,
      ),
    ]);
  });
  it('a power and a division, too', () => {
    expect(line(learnt('[0, 4, 9]', 'const p = this.w.mul(x).square();\nreturn p.pow(0.5);'))).toEqual([
      expect.stringMatching(/^6: .*through pow/),
    ]);
    expect(
      line(
        learnt('[0, 4, 9]', 'const p = this.w.mul(x);\nconst q = p.div(p.square().add(1e-45));\nreturn q.mul(0);'),
      ).join(),
    ).not.toMatch(/slope is not: .*slope is not/);
  });
  it('and finite gradients say nothing', () => {
    expect(line(learnt('[1, 2, 3]', 'const z = this.w.mul(x);\nreturn z.log().add(z.sqrt());'))).toEqual([]);
  });
});
