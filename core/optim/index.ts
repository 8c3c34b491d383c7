/** Optimizers, under PyTorch's names: `optim.AdamW`. @module */
export { Adam, type AdamOptions, AdamW } from './adam.ts';
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
export { LambdaLR, NoamLR, noamRate, type ScheduleState } from './schedule.ts';
export {
  ConstantLR,
  CosineAnnealingLR,
  ExponentialLR,
  LinearLR,
  MultiStepLR,
  OneCycleLR,
  type OneCycleOptions,
  StepLR,
} from './schedulers.ts';
export { SGD, type SGDOptions } from './sgd.ts';
