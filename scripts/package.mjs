// Makes tensight-VERSION.vsix. The repository's package.json serves npm as well, and its node_modules are the developers', so a
// folder of its own holds what VS Code should see: the manifest without npm's half, and the one package to ship.

import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { noticesFile } from './build/notices.mjs';
import { build } from './build.mjs';
import { cache, fromRoot, readManifest, root } from './lib/paths.mjs';
import { main } from './lib/run.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';

const PLUGIN = join('node_modules', 'tensight-typescript-plugin');
/** What package.json says to npm; vsce refuses `files` beside a .vscodeignore. */
const NPM_ONLY = ['type', 'exports', 'imports', 'bin', 'files', 'scripts', 'devDependencies', 'private'];
const PAPERS = ['README.md', 'CHANGELOG.md', 'LICENSE', '.vscodeignore'];

await main(async () => {
  await ensureDependencies();
  await build({ production: true });
  const folder = stage();
  const manifest = readManifest();
  // vsce's types want a TypeScript of their own time; its interface is these two words.
  const { createVSIX } = createRequire(import.meta.url)('@vscode/vsce');
  await createVSIX({
    cwd: folder,
    packagePath: fromRoot(`tensight-${manifest.version}.vsix`),
    allowMissingRepository: true,
  });
});

/** Copies what may be packed; .vscodeignore then says what is. */
function stage() {
  const folder = join(cache, 'vsix');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of PAPERS) if (existsSync(fromRoot(name))) copyFileSync(fromRoot(name), join(folder, name));
  copyFileSync(noticesFile, join(folder, basename(noticesFile)));
  if (!readManifest().repository)
    writeFileSync(join(folder, 'README.md'), withoutRelativeLinks(join(folder, 'README.md')));
  for (const name of ['dist', 'docs', PLUGIN]) cpSync(join(root, name), join(folder, name), { recursive: true });
  const manifest = Object.fromEntries(Object.entries(readManifest()).filter(([key]) => !NPM_ONLY.includes(key)));
  const dependencies = { 'tensight-typescript-plugin': manifest.version };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, dependencies }, null, 2));
  return folder;
}

/** A page inside VS Code has no neighbours: without a repository to point to, pictures go and links are only their words. */
function withoutRelativeLinks(/** @type {string} */ path) {
  return readFileSync(path, 'utf8')
    .replace(/!\[[^\]]*\]\((?!https?:)[^)]*\)\n?/g, '')
    .replace(/\[([^\]]*)\]\((?!https?:|#)[^)]*\)/g, '$1');
}
