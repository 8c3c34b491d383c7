// Where things are, for every script.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Git-ignored: VS Code, logs, results, compiler state. Safe to delete at any time. */
export const cache = join(root, '.cache');

/** @param {string[]} parts */
export const fromRoot = (...parts) => join(root, ...parts);

/** @returns {{ version: string, license: string, [key: string]: unknown }} package.json */
export const readManifest = () => JSON.parse(readFileSync(fromRoot('package.json'), 'utf8'));
