/**
 * Looks at a training for what makes it pointless without failing: nothing that the optimizer moves, gradients that are 0, a loss that
 * stays or grows, a graph that goes back into earlier steps. It looks at single steps, so that training takes no longer.
 */
import { nodesMade } from './autograd/node.ts';
import { TensightError } from './errors.ts';
import { number } from './format/numbers.ts';
import type { Module, Parameter } from './nn/module.ts';
import type { AnyOptimizer } from './optim/optimizer.ts';
import { elementsOf, Tensor } from './tensor/tensor.ts';

/** Something that is most likely not meant. */
export interface TrainingRemark {
  /** What was seen. */
  readonly message: string;
  /** What to try. */
  readonly hint: string;
}

/** Steps after which a loss that has not moved is told. */
const enough = 10;
/** Times the first loss. */
const grown = 10;
/** Of which the first loss may have changed at most, to count as not moved. */
const moved = 1e-3;
/** Inputs as large as this saturate what they go into. */
const large = 100;
const mostNamed = 6;

export class TrainingWatch {
  readonly remarks: TrainingRemark[] = [];
  readonly #parameters: readonly (readonly [path: string, parameter: Parameter])[];
  readonly #began = nodesMade();
  #stepBegan = 0;
  /** Paths of parameters whose gradient was 0 at the first step, and that had none. */
  #still: ReadonlySet<string> = new Set();
  #unreached: ReadonlySet<string> = new Set();

  constructor(
    private readonly root: Module,
    private readonly optimizer: AnyOptimizer,
    private readonly isScheduled: boolean,
  ) {
    this.#parameters = root.namedParameters().filter(([, parameter]) => parameter.requiresGrad);
  }

  /** Before the first step. Throws TensightError where nothing can be learnt at all. */
  start(): void {
    const all = this.root.namedParameters();
    if (all.length > 0 && this.#parameters.length === 0)
      throw new TensightError(
        'train: every parameter is frozen, so there is nothing to learn',
        'Leave out requiresGrad_(false), or freeze only a part: model.encoder.requiresGrad_(false).',
      );
    const own = new Set<Tensor>(all.map(([, parameter]) => parameter));
    const given = this.optimizer.groups.flatMap(({ params }) => params);
    if (given.length > 0 && !given.some((parameter) => own.has(parameter)))
      throw new TensightError(
        'train: the optimizer has none of the model’s parameters, most likely those of another model',
        'Pass it the parameters that optimizer is called with: optimizer: (parameters) => new optim.Adam(parameters, { lr: 0.01 }).',
      );
    if (!this.isScheduled && this.optimizer.groups.every(({ lr }) => lr === 0))
      this.#say('the learning rate is 0: no step changes anything', 'Use lr: 0.01, or what suits the optimizer.');
  }

  beginStep(): void {
    this.#stepBegan = nodesMade();
  }

  /** Before backward. Throws TensightError where the loss goes back into an earlier step. */
  lookAtGraph(step: number, loss: Tensor): void {
    if (step === 0 || !isPowerOfTwo(step)) return;
    const kept = this.#fromEarlier(loss);
    if (kept === undefined) return;
    const field = holderOf(this.root, kept);
    const [name, detached] =
      field === undefined ? ['a tensor', 'h'] : [field, `this.${field.slice(field.lastIndexOf('.') + 1)}`];
    throw new TensightError(
      `train: step ${step + 1} runs its backward pass into earlier steps: ${name} was computed there, and its graph is used again`,
      `Cut it off where it is kept: ${detached} = value.detach().`,
    );
  }

  /** After backward, before the optimizer moves. `inputs` are those of the step. */
  lookAtGradients(step: number, steps: number): void {
    if (step === 0) {
      this.#still = this.#paths((grad) => grad !== undefined && isZero(grad));
      this.#unreached = this.#paths((grad) => grad === undefined);
    } else if (step === steps - 1) {
      const still = this.#paths((grad) => grad !== undefined && isZero(grad));
      this.#still = new Set([...this.#still].filter((path) => still.has(path)));
    } else return;
    // What is 0 at the first step may come to live: told at the last one.
    if (step < steps - 1) return;
    const reached = this.#parameters.length - this.#unreached.size;
    if (this.#still.size > 0)
      this.#say(
        this.#still.size === reached
          ? 'the gradient of every parameter is 0: nothing is learned'
          : `the gradient is 0 from the first step to the last for ${listed(this.#still)}: they learn nothing`,
        'That happens after a ReLU that gives 0 for every input, a saturated sigmoid or tanh, or weights that are all 0: draw them at random, and scale inputs to about 1.',
      );
    if (this.#unreached.size > 0)
      this.#say(
        `no gradient reaches ${listed(this.#unreached)}: the loss does not depend on them, or is cut off from them`,
        'Look for a result that is not used, detach() or noGrad(); or freeze them: requiresGrad_(false).',
      );
  }

  /** After the last step. */
  end(losses: readonly number[], inputs: Readonly<Record<string, unknown>>): void {
    const [first] = losses;
    const last = losses.at(-1);
    if (first === undefined || last === undefined || losses.length < 2) return;
    const size = Math.abs(first);
    if (Math.abs(last) > grown * size && size > 0 && last > first)
      this.#say(
        `the loss grew from ${number(first)} to ${number(last)} in ${losses.length} steps`,
        `A smaller learning rate helps, or clipGradNorm: 1.${scaling(inputs)}`,
      );
    else if (
      losses.length >= enough &&
      losses.every((loss) => Math.abs(loss - first) <= moved * size) &&
      this.remarks.length === 0
    )
      this.#say(
        `the loss has not moved: ${number(first)} at the first step, ${number(last)} at the last of ${losses.length}`,
        `A larger learning rate may help, or other start values.${scaling(inputs)}`,
      );
  }

  #say(message: string, hint: string): void {
    this.remarks.push({ message, hint });
  }

  #paths(holds: (grad: Tensor | undefined) => boolean): ReadonlySet<string> {
    return new Set(this.#parameters.flatMap(([path, { grad }]) => (holds(grad) ? [path] : [])));
  }

  /** A tensor of an earlier step that the loss comes from. */
  #fromEarlier(loss: Tensor): Tensor | undefined {
    const seen = new Set<Tensor>([loss]);
    const open = [loss];
    for (let tensor = open.pop(); tensor !== undefined; tensor = open.pop())
      for (const input of tensor.node?.inputs ?? []) {
        const { node } = input;
        if (node === undefined || seen.has(input)) continue;
        if (node.order >= this.#began && node.order < this.#stepBegan) return input;
        seen.add(input);
        open.push(input);
      }
    return undefined;
  }
}

/** What is said of a loss that is no number at the first step, where the data are why. */
export function notFiniteIn(named: Readonly<Record<string, unknown>>): string | undefined {
  for (const [name, value] of Object.entries(named)) {
    if (!(value instanceof Tensor) || value.isMeta || value.dtype !== 'f32') continue;
    if (!elementsOf(value).every(Number.isFinite)) return name;
  }
  return undefined;
}

const isPowerOfTwo = (n: number) => (n & (n - 1)) === 0;
const isZero = (grad: Tensor) => !grad.isMeta && elementsOf(grad).every((value) => value === 0);

function listed(names: ReadonlySet<string>): string {
  const list = [...names];
  return list.length > mostNamed
    ? `${list.slice(0, mostNamed).join(', ')} and ${list.length - mostNamed} more`
    : list.join(', ');
}

/** What large inputs have to do with it. */
function scaling(inputs: Readonly<Record<string, unknown>>): string {
  for (const [name, value] of Object.entries(inputs)) {
    if (!(value instanceof Tensor) || value.isMeta || value.dtype !== 'f32') continue;
    const most = Array.from(elementsOf(value)).reduce((sofar, x) => Math.max(sofar, Math.abs(x)), 0);
    if (most > large)
      return ` Numbers in ${name} are as large as ${number(most)}: scale them to about 1, x.sub(mean).div(std).`;
  }
  return '';
}

/** `Stateful.h`, where a field of a module holds the tensor. */
function holderOf(root: Module, tensor: Tensor): string | undefined {
  for (const [path, module] of root.namedModules())
    for (const [field, value] of Object.entries(module)) {
      const values: readonly unknown[] = Array.isArray(value) ? value : [value];
      if (values.some((item) => isOf(tensor, item))) return `${path === '' ? module.constructor.name : path}.${field}`;
    }
  return undefined;
}

/** Whether a field holds what was computed from the tensor in this step: the next in line of a state. */
function isOf(tensor: Tensor, value: unknown): boolean {
  if (!(value instanceof Tensor)) return false;
  const open: Tensor[] = [value];
  for (let steps = 0; open.length > 0 && steps < 200; steps++) {
    const next = open.pop()!;
    if (next === tensor) return true;
    open.push(...(next.node?.inputs ?? []));
  }
  return false;
}
