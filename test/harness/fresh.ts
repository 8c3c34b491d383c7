/** Files share a worker, and with it the engine: each leaves it as it found it. */
import { afterAll } from 'vitest';
import '../../core/index.ts';
import { context, manualSeed } from '../../core/context.ts';

const { backend } = context;

manualSeed(0);
afterAll(() => {
  Object.assign(context, { mode: 'value', gradEnabled: true, backend, observer: undefined });
});
