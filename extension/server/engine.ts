import type { EngineHost } from '../engine/runner.ts';

/** What the server needs of an engine: an `EngineHost`, or in the tests something quicker. */
export type Engine = Pick<EngineHost, 'run' | 'release' | 'ask' | 'memoryLimit'>;

/** What a training needs of the engine it has for itself. */
export type TrainingEngine = Pick<EngineHost, 'train' | 'dispose'>;
