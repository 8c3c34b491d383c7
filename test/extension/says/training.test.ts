import { defineModel, nn, optim, randn, type Tensor, tensor, train } from 'tensight';
import { describe, expect, it } from 'vitest';

const F = nn.functional;
const X = tensor([
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
]);
const Y = tensor([[0], [1], [1], [0]]);
class Xor extends nn.Module {
  a = new nn.Linear(2, 8);
  b = new nn.Linear(8, 1);
  forward(x: Tensor): Tensor {
    return this.b.forward(this.a.forward(x).tanh());
  }
}
const sgd = (lr: number) => (p: nn.Parameter[]) => new optim.SGD(p, { lr });

// biome-ignore lint/suspicious/noExplicitAny: definitions of all kinds
function said(make: () => any, more: object = {}): string {
  const definition = defineModel({
    model: make,
    inputs: { x: X },
    targets: { y: Y },
    loss: ({ output, targets }: { output: Tensor; targets: { y: Tensor } }) =>
      F.binaryCrossEntropyWithLogits(output, targets.y),
    train: { steps: 12, optimizer: sgd(0.5) },
    ...more,
  } as never);
  try {
    return train(definition)
      .remarks.map(({ message, hint }) => `${message} | ${hint}`)
      .join('\n');
  } catch (error) {
    const { message, hint } = error as { message: string; hint: string };
    return `${message} | ${hint}`;
  }
}

/** A class that keeps its state in this way. */
function stateful(keep: (h: Tensor) => Tensor, field: 'h' | 'list' = 'h') {
  return class Stateful extends nn.Module {
    cell = new nn.GRUCell(2, 4);
    fc = new nn.Linear(4, 1);
    h: Tensor | undefined;
    list: Tensor[] = [];
    forward(x: Tensor): Tensor {
      const next = this.cell.forward(x, field === 'h' ? this.h : this.list.at(-1));
      if (field === 'h') this.h = keep(next);
      else this.list = [keep(next)];
      return this.fc.forward(next);
    }
  };
}

describe('a graph that goes back into earlier steps', () => {
  it('is refused, with the field that keeps it', () => {
    const Kept = stateful((h) => h);
    expect(said(() => new Kept())).toMatch(
      /step 2 runs its backward pass into earlier steps: Stateful\.h .*\| .*this\.h = value\.detach\(\)/,
    );
  });
  it('also in a list, and with a further operation', () => {
    const Listed = stateful((h) => h, 'list');
    const Scaled = stateful((h) => h.mul(0.5));
    expect(said(() => new Listed())).toMatch(/runs its backward pass .*Stateful\.list/);
    expect(said(() => new Scaled())).toMatch(/runs its backward pass .*Stateful\.h/);
  });
  it('also where it begins later', () => {
    let steps = 0;
    const Late = stateful((h) => (++steps > 5 ? h : h.detach()));
    expect(said(() => new Late())).toMatch(/step 9 runs its backward pass/);
  });
  it('but not where it is cut off, or comes from before the training', () => {
    const Detached = stateful((h) => h.detach());
    expect(said(() => new Detached())).toBe('');
    class Once extends Xor {
      scale = new nn.Parameter(tensor([2]));
      doubled = this.scale.mul(2);
      override forward(x: Tensor): Tensor {
        return super.forward(x).mul(this.doubled);
      }
    }
    expect(said(() => new Once())).not.toContain('goes back');
  });
});

describe('a training that goes nowhere', () => {
  class Zero extends Xor {
    constructor() {
      super();
      for (const p of this.parameters()) nn.init.zeros(p);
    }
  }
  class Dead extends nn.Module {
    a = new nn.Linear(2, 4);
    b = new nn.Linear(4, 1);
    constructor() {
      super();
      nn.init.constant(this.b.bias!, -10);
    }
    forward(x: Tensor): Tensor {
      return this.b.forward(this.a.forward(x).relu()).relu();
    }
  }
  class Unused extends Xor {
    never = new nn.Linear(2, 3);
  }
  class Cut extends Xor {
    override forward(x: Tensor): Tensor {
      return this.b.forward(this.a.forward(x).tanh().detach());
    }
  }
  class Raw extends nn.Module {
    a = new nn.Linear(2, 8);
    b = new nn.Linear(8, 1);
    forward(x: Tensor): Tensor {
      return this.b.forward(this.a.forward(x).sigmoid());
    }
  }
  const mse = {
    loss: ({ output, targets }: { output: Tensor; targets: { y: Tensor } }) => F.mseLoss(output, targets.y),
  };
  const large = {
    inputs: {
      x: tensor([
        [17163, 16440],
        [17000, 16400],
        [16000, 15000],
        [17100, 16300],
      ]),
    },
  };

  it.each<[string, () => nn.Module, object, RegExp]>([
    ['weights that are all 0', () => new Zero(), {}, /gradient of every parameter is 0/],
    ['a dead ReLU', () => new Dead(), mse, /gradient of every parameter is 0/],
    ['an unused layer', () => new Unused(), {}, /no gradient reaches never\.weight, never\.bias/],
    ['a layer that is cut off', () => new Cut(), {}, /no gradient reaches a\.weight, a\.bias.*detach/],
    ['inputs that saturate', () => new Raw(), { ...large, ...mse }, /gradient is 0 .*a\.weight/],
    ['a learning rate of 0', () => new Xor(), { train: { steps: 3, optimizer: sgd(0) } }, /learning rate is 0/],
    [
      'another model’s parameters',
      () => new Xor(),
      { train: { steps: 3, optimizer: () => new optim.SGD(new Xor().parameters(), { lr: 0.1 }) } },
      /none of the model’s parameters/,
    ],
    ['frozen parameters', () => new Xor().requiresGrad_(false), {}, /every parameter is frozen/],
    [
      'a loss that grows',
      () => new nn.Linear(2, 1),
      { ...mse, train: { steps: 4, optimizer: sgd(3) } },
      /the loss grew from .*smaller learning rate/,
    ],
    ['a loss that stays', () => new Xor(), { train: { steps: 20, optimizer: sgd(1e-9) } }, /has not moved/],
    [
      'NaN in the data',
      () => new nn.Linear(2, 1),
      {
        ...mse,
        inputs: {
          x: tensor([
            [1, Number.NaN],
            [2, 3],
            [1, 1],
            [1, 2],
          ]),
        },
      },
      /because x holds numbers that are not finite/,
    ],
    [
      'NaN in the targets',
      () => new nn.Linear(2, 1),
      { ...mse, targets: { y: tensor([[1], [Number.NaN], [1], [2]]) } },
      /because y holds numbers/,
    ],
    ['a misspelt option', () => new Xor(), { train: { step: 3, optimizer: sgd(1) } }, /no option step/],
  ])('%s', (_, make, more, words) => expect(said(make, more)).toMatch(words));

  it('and one that goes somewhere says nothing', () => {
    expect(
      said(() => new Xor(), {
        train: { steps: 40, optimizer: (p: nn.Parameter[]) => new optim.Adam(p, { lr: 0.05 }) },
      }),
    ).toBe('');
    expect(said(() => new Xor(), { train: { steps: 1, optimizer: sgd(0.1) } })).toBe('');
    expect(
      said(() => new nn.Linear(2, 1), {
        ...mse,
        inputs: { x: randn([4, 2]) },
        train: { steps: 12, optimizer: sgd(0.05) },
      }),
    ).toBe('');
  });
});
