import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundles } from '../../scripts/build/bundles.mjs';
import { noticesOf, packagesIn } from '../../scripts/build/notices.mjs';

/** Everything that is handed on, as a release builds it. */
async function released(): Promise<Metafile[]> {
  const wanted = bundles(true).filter(({ outdir }) => outdir === undefined);
  return Promise.all(
    wanted.map(async (options) => (await build({ ...options, write: false, metafile: true })).metafile as Metafile),
  );
}

describe('third-party notices', () => {
  it('name every package whose code or data is in a bundle, with its licence', { timeout: 120_000 }, async () => {
    const metafiles = await released();
    const folders = packagesIn(metafiles);
    const text = noticesOf(folders);
    for (const metafile of metafiles)
      for (const { inputs } of Object.values(metafile.outputs))
        for (const path of Object.keys(inputs)) {
          const parts = path.split('/');
          const at = parts.lastIndexOf('node_modules');
          if (at < 0 || inputs[path]!.bytesInOutput === 0) continue;
          const name = parts[at + 1]!.startsWith('@') ? `${parts[at + 1]}/${parts[at + 2]}` : parts[at + 1]!;
          expect(text, path).toMatch(
            new RegExp(`^${name.replace(/[/.]/g, '\\$&')} \\d+\\.\\d+\\.\\d+\\S* \\(.+\\)$`, 'm'),
          );
        }
    // An icon font, and what the kernels are compiled with.
    expect(text).toMatch(/^@vscode\/codicons .*\(CC-BY-4\.0\)$/m);
    expect(text).toMatch(/^assemblyscript .*\(Apache-2\.0\)$/m);
    expect(text).toContain('Attribution 4.0 International');
    expect(text).toContain('Apache License');
  });
});

describe('a package', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'tensight-notices-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const given = (manifest: object, files: Record<string, string> = {}) => {
    mkdirSync(join(root, 'some'));
    writeFileSync(join(root, 'some', 'package.json'), JSON.stringify({ name: 'some', version: '1.2.3', ...manifest }));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(root, 'some', name), text);
    return () => noticesOf(['some'], root);
  };

  it('is told with the text of its licence and its notices', () => {
    const notices = given(
      { license: 'Apache-2.0' },
      { 'LICENSE.md': 'the terms', NOTICE: 'the notice', 'index.js': 'exports.x = 1;' },
    );
    expect(notices()).toContain('some 1.2.3 (Apache-2.0)\n\nthe terms\n\nthe notice');
    expect(notices()).not.toContain('exports.x');
  });

  it.each([
    ['an unknown licence', { license: 'GPL-3.0-only' }, { LICENSE: 'terms' }],
    ['one of its own', { license: 'SEE LICENSE IN LICENSE' }, { LICENSE: 'terms' }],
    ['none', {}, { LICENSE: 'terms' }],
    ['two, of which one is unknown', { license: 'MIT AND Elastic-2.0' }, { LICENSE: 'terms' }],
    ['no text', { license: 'ISC', author: 'Somebody' }, {}],
    ['no text and nobody who holds the rights', { license: 'MIT' }, {}],
  ])('with %s fails the build', (_, manifest, files) => {
    expect(given(manifest, files as Record<string, string>)).toThrow(/licence/);
  });

  it('with a choice of licences is under the one that is known', () => {
    expect(given({ license: '(GPL-2.0 OR MIT)' }, { LICENSE: 'terms' })()).toContain('terms');
  });
});
