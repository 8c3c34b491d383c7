/** Optimizers, under PyTorch's names: `optim.AdamW`. */
export { Adam, type AdamOptions, AdamW } from './adam.ts';
export { type Group, Optimizer, type OptimizerOptions, type ParameterGroup } from './optimizer.ts';
export { LambdaLR, NoamLR, noamRate } from './schedule.ts';
export { SGD, type SGDOptions } from './sgd.ts';
