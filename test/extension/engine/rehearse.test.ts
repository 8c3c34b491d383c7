import { expect, it } from 'vitest';
import { context } from '../../../core/context.ts';
import { rehearse, rehearsed } from '../../../extension/engine/rehearse.ts';

it('a rehearsal runs without a problem and leaves the engine as it was', () => {
  const before = { ...context };
  expect(rehearsed().problems).toEqual([]);
  rehearse();
  expect({ ...context }).toEqual(before);
});
