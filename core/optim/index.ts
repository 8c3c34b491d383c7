/** Optimizers, under PyTorch's names: `optim.AdamW`. @module */
export { Adadelta, type AdadeltaOptions, Adagrad, type AdagradOptions } from './adagrad.ts';
export { Adam, type AdamOptions, AdamW } from './adam.ts';
export { Adamax, type BetasOptions, NAdam, type NAdamOptions, RAdam } from './adamVariants.ts';
export { ASGD, type ASGDOptions } from './asgd.ts';
export { LBFGS, type LBFGSOptions } from './lbfgs.ts';
export {
  type AnyOptimizer,
  type Group,
  Optimizer,
  type OptimizerOptions,
  type OptimizerState,
  type ParameterGroup,
  type Params,
  type SavedGroup,
} from './optimizer.ts';
export { type PlateauOptions, type PlateauState, ReduceLROnPlateau } from './plateau.ts';
export { RMSprop, type RMSpropOptions } from './rmsprop.ts';
export { Rprop, type RpropOptions } from './rprop.ts';
export { LambdaLR, NoamLR, noamRate, type ScheduleState } from './schedule.ts';
export {
  ConstantLR,
  CosineAnnealingLR,
  CosineAnnealingWarmRestarts,
  CyclicLR,
  type CyclicOptions,
  ExponentialLR,
  LinearLR,
  MultiplicativeLR,
  MultiStepLR,
  OneCycleLR,
  type OneCycleOptions,
  PolynomialLR,
  SequentialLR,
  type SequentialOptions,
  StepLR,
} from './schedulers.ts';
export { SGD, type SGDOptions } from './sgd.ts';
