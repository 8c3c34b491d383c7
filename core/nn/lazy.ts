/**
 * Layers that learn from their first input how wide it is, PyTorch's `nn.Lazy…`. A shape run is enough for that: the editor knows their
 * sizes before anything is computed. Until then their parameters are empty; afterwards they are what the layer without `Lazy` has.
 */
import { context } from '../context.ts';
import { drawingFrom } from '../drawing.ts';
import type { Sizes } from '../ops/window.ts';
import { Generator } from '../tensor/random.ts';
import { adopt, type Tensor } from '../tensor/tensor.ts';
import { checkArguments } from '../usage/arguments.ts';
import { BatchNorm1d, BatchNorm2d, BatchNorm3d, type BatchNormOptions } from './batchNorm.ts';
import { checkFloat } from './check.ts';
import { Conv1d, Conv2d, Conv3d, type ConvOptions } from './conv.ts';
import { ConvTranspose1d, ConvTranspose2d, ConvTranspose3d, type ConvTransposeLayerOptions } from './convTranspose.ts';
import { InstanceNorm1d, InstanceNorm2d, InstanceNorm3d, type InstanceNormOptions } from './instanceNorm.ts';
import { type Config, Layer } from './layer.ts';
import { Linear, type LinearOptions } from './linear.ts';
import { Buffer, type Module, Parameter, writtenForward } from './module.ts';

/** A layer of one input. */
interface Real extends Layer {
  forward(x: Tensor): Tensor;
}

/** A module's own parameters and buffers, by field. */
function tensorsOf(module: Module): [string, Parameter | Buffer][] {
  return Object.entries(module).filter(
    (entry): entry is [string, Parameter | Buffer] => entry[1] instanceof Parameter || entry[1] instanceof Buffer,
  );
}

/** Made without being seen: it stands for this layer, and is none of the model's own. */
function unseen<T>(make: () => T): T {
  const { observer } = context;
  context.observer = undefined;
  try {
    return make();
  } finally {
    context.observer = observer;
  }
}

/** What the lazy layers share. */
abstract class Lazy extends Layer {
  protected static override readonly stateNames = {
    runningMean: 'running_mean',
    runningVar: 'running_var',
    numBatchesTracked: 'num_batches_tracked',
  };
  protected static override readonly optionalState = ['num_batches_tracked'];

  readonly #make: (size: number) => Real;
  /** The axis whose size it waits for, counted from the end for so many axes without a batch. */
  readonly #sizeOf: (x: Tensor) => number;
  readonly #config: (made: Config) => Config;
  /** Whose tensors are this layer's. */
  #real: Real;
  #isReady = false;

  /** `make` makes the layer; `smallest` is a size that it can be made with before it is known. */
  constructor(
    make: (size: number) => Real,
    smallest: number,
    argument: 'inFeatures' | 'inChannels' | 'numFeatures',
    sizeOf: (x: Tensor) => number,
  ) {
    super();
    this.#make = make;
    this.#sizeOf = sizeOf;
    this.#config = ({ [argument]: _, ...rest }) => rest;
    // It has no numbers yet, so it draws none.
    this.#real = unseen(() => drawingFrom(new Generator(0), () => make(smallest)));
    for (const [field, value] of tensorsOf(this.#real)) {
      // A norm counts its batches from the first on.
      if (value.ndim > 0) adopt(value, new Parameter(value.flatten().slice(0, 0, 0).detach()));
      Object.assign(this, { [field]: value });
    }
  }

  /** What the layer without `Lazy` gives; the first input says how wide it is. */
  forward(x: Tensor): Tensor {
    checkFloat(this.constructor.name, x);
    if (!this.#isReady) {
      const real = unseen(() => this.#make(this.#sizeOf(x)));
      const own = new Map(tensorsOf(this));
      // The tensors stay the ones that an optimizer may have been given already.
      for (const [field, value] of tensorsOf(real)) {
        const mine = own.get(field);
        if (mine === undefined) continue;
        adopt(mine, value);
        Object.assign(real, { [field]: mine });
      }
      this.#real = real;
      this.#isReady = true;
    }
    this.#real.training = this.training;
    return writtenForward(this.#real).call(this.#real, x) as Tensor;
  }

  /** The arguments it was made with. */
  override config(): Config {
    return this.#config(this.#real.config());
  }

  override extraRepr(): string {
    return this.#isReady ? this.#real.extraRepr() : super.extraRepr();
  }
}

const lastSize = (x: Tensor) => x.shape.at(-1) ?? 0;
/** Channels come before so many axes. */
const channelsBefore = (spatial: number) => (x: Tensor) => x.shape.at(-1 - spatial) ?? 0;
const secondSize = (x: Tensor) => x.shape[1] ?? 0;

/** `Linear` whose `inFeatures` are those of its first input: [..., in] → [..., out]. */
export class LazyLinear extends Lazy {
  constructor(outFeatures: number, options: LinearOptions = {}) {
    checkArguments(new.target, arguments);
    super((size) => new Linear(size, outFeatures, options), 0, 'inFeatures', lastSize);
  }
}

/** `Conv1d` whose `inChannels` are those of its first input: [batch, in, length] → [batch, out, …]. */
export class LazyConv1d extends Lazy {
  constructor(outChannels: number, kernelSize: Sizes, options: ConvOptions = {}) {
    checkArguments(new.target, arguments);
    super(
      (size) => new Conv1d(size, outChannels, kernelSize, options),
      options.groups ?? 1,
      'inChannels',
      channelsBefore(1),
    );
  }
}

/** `Conv2d` whose `inChannels` are those of its first input: [batch, in, height, width] → [batch, out, …]. */
export class LazyConv2d extends Lazy {
  constructor(outChannels: number, kernelSize: Sizes, options: ConvOptions = {}) {
    checkArguments(new.target, arguments);
    super(
      (size) => new Conv2d(size, outChannels, kernelSize, options),
      options.groups ?? 1,
      'inChannels',
      channelsBefore(2),
    );
  }
}

/** `Conv3d` whose `inChannels` are those of its first input: [batch, in, depth, height, width] → [batch, out, …]. */
export class LazyConv3d extends Lazy {
  constructor(outChannels: number, kernelSize: Sizes, options: ConvOptions = {}) {
    checkArguments(new.target, arguments);
    super(
      (size) => new Conv3d(size, outChannels, kernelSize, options),
      options.groups ?? 1,
      'inChannels',
      channelsBefore(3),
    );
  }
}

/** `ConvTranspose1d` whose `inChannels` are those of its first input: [batch, in, length] → [batch, out, …]. */
export class LazyConvTranspose1d extends Lazy {
  constructor(outChannels: number, kernelSize: Sizes, options: ConvTransposeLayerOptions = {}) {
    checkArguments(new.target, arguments);
    super(
      (size) => new ConvTranspose1d(size, outChannels, kernelSize, options),
      options.groups ?? 1,
      'inChannels',
      channelsBefore(1),
    );
  }
}

/** `ConvTranspose2d` whose `inChannels` are those of its first input: [batch, in, height, width] → [batch, out, …]. */
export class LazyConvTranspose2d extends Lazy {
  constructor(outChannels: number, kernelSize: Sizes, options: ConvTransposeLayerOptions = {}) {
    checkArguments(new.target, arguments);
    super(
      (size) => new ConvTranspose2d(size, outChannels, kernelSize, options),
      options.groups ?? 1,
      'inChannels',
      channelsBefore(2),
    );
  }
}

/** `ConvTranspose3d` whose `inChannels` are those of its first input: [batch, in, depth, height, width] → [batch, out, …]. */
export class LazyConvTranspose3d extends Lazy {
  constructor(outChannels: number, kernelSize: Sizes, options: ConvTransposeLayerOptions = {}) {
    checkArguments(new.target, arguments);
    super(
      (size) => new ConvTranspose3d(size, outChannels, kernelSize, options),
      options.groups ?? 1,
      'inChannels',
      channelsBefore(3),
    );
  }
}

/** `BatchNorm1d` whose `numFeatures` are the channels of its first input: [batch, channel, length] → the same. */
export class LazyBatchNorm1d extends Lazy {
  constructor(options: BatchNormOptions = {}) {
    checkArguments(new.target, arguments);
    super((size) => new BatchNorm1d(size, options), 0, 'numFeatures', secondSize);
  }
}

/** `BatchNorm2d` whose `numFeatures` are the channels of its first input: [batch, channel, height, width] → the same. */
export class LazyBatchNorm2d extends Lazy {
  constructor(options: BatchNormOptions = {}) {
    checkArguments(new.target, arguments);
    super((size) => new BatchNorm2d(size, options), 0, 'numFeatures', secondSize);
  }
}

/** `BatchNorm3d` whose `numFeatures` are the channels of its first input: [batch, channel, depth, height, width] → the same. */
export class LazyBatchNorm3d extends Lazy {
  constructor(options: BatchNormOptions = {}) {
    checkArguments(new.target, arguments);
    super((size) => new BatchNorm3d(size, options), 0, 'numFeatures', secondSize);
  }
}

/** `InstanceNorm1d` whose `numFeatures` are the channels of its first input: [batch, channel, length] → the same. */
export class LazyInstanceNorm1d extends Lazy {
  constructor(options: InstanceNormOptions = {}) {
    checkArguments(new.target, arguments);
    super((size) => new InstanceNorm1d(size, options), 0, 'numFeatures', channelsBefore(1));
  }
}

/** `InstanceNorm2d` whose `numFeatures` are the channels of its first input: [batch, channel, height, width] → the same. */
export class LazyInstanceNorm2d extends Lazy {
  constructor(options: InstanceNormOptions = {}) {
    checkArguments(new.target, arguments);
    super((size) => new InstanceNorm2d(size, options), 0, 'numFeatures', channelsBefore(2));
  }
}

/** `InstanceNorm3d` whose `numFeatures` are the channels of its first input: [batch, channel, depth, height, width] → the same. */
export class LazyInstanceNorm3d extends Lazy {
  constructor(options: InstanceNormOptions = {}) {
    checkArguments(new.target, arguments);
    super((size) => new InstanceNorm3d(size, options), 0, 'numFeatures', channelsBefore(3));
  }
}
