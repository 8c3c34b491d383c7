import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from '../scripts/lib/run.mjs';
import { peersFolder } from './engines.mjs';

const peers = [
  '@tensorflow/tfjs@4.22.0',
  '@tensorflow/tfjs-backend-wasm@4.22.0',
  '@jax-js/jax@0.1.25',
  'onnxruntime-web@1.30.0',
  // Writes the models that onnxruntime-web reads.
  'onnx-proto@8.0.1',
];

/** Installs the peers where git does not see them. PyTorch is the system's own: `apt-get install python3-torch`. */
export async function installPeers() {
  mkdirSync(peersFolder, { recursive: true });
  writeFileSync(join(peersFolder, 'package.json'), '{ "private": true }\n');
  await mustRun('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--no-save', ...peers], {
    cwd: peersFolder,
  });
}
