// What of other people's is inside our bundles, and under which licence: read from the bundles themselves, so that nothing is forgotten.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromRoot } from '../lib/paths.mjs';
import { SetupError } from '../lib/run.mjs';

/** @typedef {import('esbuild').Metafile} Metafile */

/** Beside the bundles; packed with them. */
export const noticesFile = fromRoot('dist', 'THIRD-PARTY-NOTICES.txt');

/** Licences (SPDX) that allow to hand the code on, given that their text goes along. */
const allowed = new Set([
  ...[
    'MIT',
    'MIT-0',
    'ISC',
    'Apache-2.0',
    'BSD-2-Clause',
    'BSD-3-Clause',
    '0BSD',
    'BlueOak-1.0.0',
    'CC-BY-4.0',
    'CC0-1.0',
  ],
  ...['Unlicense', 'Python-2.0'],
]);
const licenceFile = /^(licen[cs]e|copying|notice)([-.].*)?$/i;
/** Kernels are compiled together with what they use of the compiler's own library. */
const ofKernels = { prefix: 'kernels:', folder: 'node_modules/assemblyscript' };

/**
 * Folders of the packages that gave something to a bundle, sorted: `node_modules/@babel/parser`.
 * @param {readonly Metafile[]} metafiles
 * @returns {string[]}
 */
export function packagesIn(metafiles) {
  const folders = new Set();
  for (const { outputs } of metafiles)
    for (const { inputs } of Object.values(outputs))
      for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
        if (path.startsWith(ofKernels.prefix)) folders.add(ofKernels.folder);
        const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
        // A font is an output of its own, and a module that was shaken away is none.
        if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
      }
  return [...folders].sort();
}

/**
 * The notices of these packages. Throws SetupError where a licence is not known to allow handing the code on, or its text is missing.
 * @param {readonly string[]} folders
 * @param {string} [root] of which the folders are told
 * @returns {string}
 */
export function noticesOf(folders, root = fromRoot()) {
  const notices = folders.map((folder) => noticeOf(join(root, folder)));
  const head = 'Tensight contains code and data of the packages below, each under its own licence.';
  return `${[head, ...new Set(notices)].join(`\n\n${'='.repeat(80)}\n\n`)}\n`;
}

/** @param {string} folder */
function noticeOf(folder) {
  const { name, version, license, author, homepage } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (typeof license !== 'string' || !isAllowed(license))
    throw new SetupError(
      `The licence of ${name} is ${license === undefined ? 'not named' : JSON.stringify(license)}: see whether its code may be handed on, and name it in scripts/build/notices.mjs.`,
    );
  const texts = readdirSync(folder)
    .filter((file) => licenceFile.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());
  const by = typeof author === 'string' ? author : author?.name;
  if (texts.length === 0) {
    // Some packages leave the file in their repository; what it says is this, by whoever the package names.
    if (license !== 'MIT' || by === undefined)
      throw new SetupError(`The package ${name} (${license}) comes without the text of its licence.`);
    texts.push(mit(by));
  }
  const about = [`${name} ${version} (${license})`, by === undefined ? '' : `by ${by}`, homepage ?? ''];
  return [about.filter((line) => line !== '').join('\n'), ...texts].join('\n\n');
}

/** `MIT`, `(MIT OR CC0-1.0)`: one of several is enough, all of several are needed. @param {string} expression */
function isAllowed(expression) {
  const alternatives = expression.replace(/[()]/g, '').split(/\s+OR\s+/);
  return alternatives.some((one) => one.split(/\s+AND\s+/).every((licence) => allowed.has(licence.trim())));
}

/** The MIT licence (SPDX's text). @param {string} holder */
function mit(holder) {
  return `MIT License

Copyright (c) ${holder}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;
}

/** @param {readonly Metafile[]} metafiles of all bundles that are handed on */
export function writeNotices(metafiles) {
  writeFileSync(noticesFile, noticesOf(packagesIn(metafiles)));
}
