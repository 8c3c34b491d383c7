/** In front of the editor, in one window: each part leaves it with nothing open. */
import { afterAll, describe } from 'vitest';
import { inspecting } from './inspecting.ts';
import { training } from './training.ts';
import { leaveWindow, openWindow } from './window.ts';
import { writing } from './writing.ts';

openWindow();

const parts = {
  'a file that is no model': writing,
  'a model that is looked at': inspecting,
  'a model that is trained': training,
};
for (const [name, tests] of Object.entries(parts))
  describe(name, () => {
    afterAll(leaveWindow);
    tests();
  });
