import { describe, expect, it } from 'vitest';
import { defineModel, nn, optim, randn, StopRun, TensightError, type Tensor, tensor, train } from '../../core/index.ts';

class Line extends nn.Module {
  line = new nn.Linear(1, 1);
  dropout = new nn.Dropout(0.5);
  modes: boolean[] = [];
  forward(x: Tensor, scale = 1): Tensor {
    this.modes.push(this.training);
    return this.line.forward(x).mul(scale);
  }
}

const base = {
  model: () => new Line(),
  inputs: { x: tensor([[0], [1], [2]]) },
  targets: { y: tensor([[1], [3], [5]]) },
  loss: ({ output, targets }: { output: Tensor; targets: { y: Tensor } }) => nn.functional.mseLoss(output, targets.y),
};
const sgd = (lr: number) => (parameters: nn.Parameter[]) => new optim.SGD(parameters, { lr });

describe('training by a definition', () => {
  it('finds the line, in training mode, and asks for the result in evaluation mode', () => {
    const { model, losses, result } = train(
      defineModel({
        ...base,
        train: {
          steps: 200,
          optimizer: sgd(0.2),
          result: ({ model, losses }) => ({
            at10: (model.forward(tensor([[10]])) as Tensor).item(),
            steps: losses.length,
          }),
        },
      }),
    );
    expect(losses).toHaveLength(200);
    expect(losses.at(-1)).toBeLessThan(1e-6);
    expect(result.at10).toBeCloseTo(21, 2);
    expect(result.steps).toBe(200);
    expect(model.modes).toEqual([...new Array(200).fill(true), false]);
    expect(model.parameters().every(({ grad }) => grad === undefined)).toBe(true);
  });

  it('gives the same numbers from the same seed, others from another', () => {
    const losses = (seed: number) => train({ ...base, seed, train: { steps: 5, optimizer: sgd(0.1) } }).losses;
    expect(losses(1)).toEqual(losses(1));
    expect(losses(2)).not.toEqual(losses(1));
  });

  it('hands inputs to the parameters of their names, and takes fresh ones for each step', () => {
    const steps: number[] = [];
    const { losses } = train(
      defineModel({
        ...base,
        inputs: { scale: 1, x: tensor([[0], [1], [2]]) },
        train: {
          steps: 3,
          optimizer: sgd(0),
          batch: (step) => {
            steps.push(step);
            return { inputs: { scale: 0, x: tensor([[step]]) }, targets: { y: tensor([[step]]) } };
          },
        },
      }),
    );
    expect(steps).toEqual([0, 1, 2]);
    expect(losses).toEqual([0, 1, 4]);
  });

  it('follows a schedule, which is told the loss, and clips gradients', () => {
    const told: number[] = [];
    const run = (clipGradNorm: number) =>
      train(
        defineModel({
          ...base,
          train: {
            steps: 4,
            clipGradNorm,
            optimizer: sgd(0.1),
            schedule: (optimizer) => {
              const schedule = new optim.StepLR(optimizer, { stepSize: 1, gamma: 0.5 });
              return {
                step(loss) {
                  told.push(loss);
                  schedule.step();
                },
              };
            },
          },
        }),
      );
    const { losses } = run(1e9);
    expect(told).toEqual(losses);
    expect(run(1e-9).losses.at(-1)).toBeCloseTo(losses[0]!, 5);
  });

  it('says what is wrong', () => {
    const withSection = { ...base, train: { steps: 50, optimizer: sgd(0.1) } };
    const { loss: _, ...lossless } = withSection;
    const failing: [() => unknown, RegExp][] = [
      [() => train(base), /no train section/],
      [() => train(lossless), /no loss/],
      [() => train({ ...withSection, train: { steps: 50, optimizer: sgd(1e9) } }), /loss is \S+ at step \d+/],
      [
        () => train({ ...withSection, loss: ({ output }) => output as Tensor }),
        /expected a loss of one number, got .*3, .*1/,
      ],
      [() => train(withSection, { steps: 0 }), /of 1 or more for steps, got 0/],
    ];
    for (const [run, message] of failing) {
      expect(run).toThrow(TensightError);
      expect(run).toThrow(message);
    }
  });

  it.each([
    [{ optimizer: undefined }, /^train: there is no optimizer$/],
    [{ optimizer: new optim.SGD([new nn.Parameter(randn([1]))], { lr: 1 }) }, /a function for optimizer, got an SGD/],
    [{ optimizer: () => ({}) }, /optimizer returned an object; expected an optimizer/],
    [{ optimizer: async (p: nn.Parameter[]) => new optim.SGD(p, { lr: 1 }) }, /optimizer returned a promise/],
    [{ optimizer: optim.SGD }, /a function for optimizer, got the class SGD/],
    [{ schedule: optim.StepLR }, /a function for schedule, got the class StepLR/],
    [{ schedule: () => optim.StepLR }, /schedule returned the class StepLR; expected a schedule/],
    [{ batch: class Data {} }, /a function for batch, got the class Data/],
    [{ steps: '9' }, /1 or more for steps, got the text "9"/],
    [{ steps: 2.5 }, /1 or more for steps, got 2.5/],
    [{ steps: undefined }, /1 or more for steps, got nothing/],
    [{ batch: async () => ({}) }, /batch returned a promise/],
    [{ batch: () => undefined }, /batch returned nothing; expected inputs and targets/],
    [{ batch: () => randn([2]) }, /batch returned a Tensor/],
    [{ batch: () => ({ x: randn([3, 1]) }) }, /batch returned x; expected inputs and targets/],
    [{ batch: () => ({ inputs: [randn([3, 1])] }) }, /batch returned a list for inputs; expected tensors by name/],
    [{ batch: {} }, /a function for batch, got an object/],
    [{ schedule: () => undefined }, /schedule returned nothing; expected a schedule/],
    [{ schedule: () => ({}) }, /schedule returned an object/],
    [{ clipGradNorm: -1 }, /above 0 for clipGradNorm, got -1/],
    [{ clipGradNorm: 0 }, /above 0 for clipGradNorm, got 0/],
    [{ clipGradNorm: '1' }, /above 0 for clipGradNorm, got the text "1"/],
    [{ clipGradNorm: Number.NaN }, /above 0 for clipGradNorm, got NaN/],
    [
      { result: ({ loss }: { loss: number[] }) => ({ a: loss[0] }) },
      /result takes loss, which it is not given; it is given model and losses/,
    ],
    [{ result: async () => ({ a: 1 }) }, /result returned a promise/],
    [{ result: () => 3 }, /result returned the number 3; expected numbers and texts by name/],
  ])('says what is wrong with the section %#', (part, message) => {
    const section = { steps: 2, optimizer: sgd(0.1), ...part };
    const error = (() => {
      try {
        train({ ...base, train: section as never });
      } catch (thrown) {
        return thrown;
      }
      return undefined;
    })();
    expect(error).toBeInstanceOf(TensightError);
    expect((error as TensightError).message).toMatch(message);
  });

  it('takes what its functions may leave out', () => {
    const section = {
      steps: 2,
      optimizer: sgd(0.1),
      batch: () => ({}),
      clipGradNorm: Infinity,
      result: () => undefined,
    };
    expect(train({ ...base, train: section as never }).losses).toHaveLength(2);
  });

  it('ends when it is cancelled, between two steps or within one, with what it came to so far', () => {
    const seen = ({ model, losses }: { model: Line; losses: readonly number[] }) => ({
      weight: model.line.weight.item(),
      steps: losses.length,
      mode: String(model.training),
    });
    const section = { steps: 3, optimizer: sgd(0.1), result: seen };
    const whole = train({ ...base, train: section });
    const told: string[] = [];
    const between = train(
      { ...base, train: { ...section, steps: 50 } },
      {
        onStart: (model, steps) => told.push(`${model.constructor.name} ${steps}`),
        onStep: (step) => told.push(String(step)),
        cancelled: () => told.length === 4,
        onStopped: () => told.push('stopped'),
      },
    );
    expect(told).toEqual(['Line 50', '0', '1', '2', 'stopped']);
    const within = train({
      ...base,
      train: {
        ...section,
        steps: 50,
        batch(step) {
          if (step === 3) throw new StopRun('cancelled');
          return {};
        },
      },
    });
    for (const { stopped, losses, result } of [between, within])
      expect([stopped, losses, result]).toEqual([true, whole.losses, whole.result]);
    expect(whole.stopped).toBe(false);
    expect(train({ ...base, train: section }, { cancelled: () => true }).result).toEqual({});
  });
});
