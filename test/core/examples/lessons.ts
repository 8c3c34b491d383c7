/** Trains lessons under examples/, each from its own seed, and holds them to what they state. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type DefinedModel, isDefinedModel, train } from '../../../core/index.ts';
import { lessons, type Stated } from './stated.ts';

export const folder = join(import.meta.dirname, '../../../examples');
export const suffix = '.model.ts';

/** The lessons that stand in `stated.ts` under this name. */
export function comeToWhatTheyState(name: keyof typeof lessons): void {
  const stated: Readonly<Record<string, Stated>> = lessons[name];
  describe.each(Object.entries(stated))('%s.model.ts', (file, results) => {
    it.each(Object.entries(results))('%s comes to what it states', { timeout: 120_000 }, async (exported, holds) => {
      const exports = (await import(join(folder, `${file}${suffix}`))) as Record<string, unknown>;
      const models = Object.keys(exports).filter((key) => isDefinedModel(exports[key]));
      expect(models.sort()).toEqual(Object.keys(results).sort());
      const { losses, result } = train(exports[exported] as DefinedModel);
      expect(losses.every(Number.isFinite)).toBe(true);
      holds(result);
    });
  });
}
