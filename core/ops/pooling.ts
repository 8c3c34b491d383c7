/** Pooling, by maximum and by mean. */
import { averagePoolOps } from './averagePool.ts';
import { maxPoolOps } from './maxPool.ts';

export { type AvgPoolOptions, adaptiveAvgPool1d, adaptiveAvgPool2d, avgPool1d, avgPool2d } from './averagePool.ts';
export { type MaxPoolOptions, maxPool1d, maxPool2d } from './maxPool.ts';
export type { PoolOptions } from './window.ts';

export const poolingOps = { ...averagePoolOps, ...maxPoolOps };
