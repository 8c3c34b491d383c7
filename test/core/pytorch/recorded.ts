/** What PyTorch gave: as it is committed, or, where PYTORCH_VALUES names a folder, as `npm run test:pytorch` has just asked it. */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** The parsed `name`, a JSON file beside the test at `url`. */
export function recorded<T>(name: string, url: string): T {
  const live = process.env.PYTORCH_VALUES;
  const file = live === undefined ? new URL(name, url) : new URL(name, pathToFileURL(`${live}/`));
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}
