// TypeScript's own compiler, which is a program since version 7; what reads types as a library (typedoc, tests) has version 6.

import { fromRoot } from './paths.mjs';

/** @param {readonly string[]} args @returns {[string, string[]]} for `run` and `mustRun` */
export const tsc = (args) => ['node', [fromRoot('node_modules', 'typescript-7', 'bin', 'tsc'), ...args]];
