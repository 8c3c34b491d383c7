// The Python that has PyTorch, torchvision and ONNX, to judge by.

import { spawnSync } from 'node:child_process';
import { SetupError } from './run.mjs';

/** What is asked of it, and the Debian package each is in. */
const packages = { torch: 'python3-torch', torchvision: 'python3-torchvision', onnx: 'python3-onnx' };

/** @type {string | undefined} */
let known;

/**
 * The program: the one PYTHON names, else the first of `python3` and the system's own that has all of them. Throws SetupError, with
 * what to install, where none has.
 */
export function findPython() {
  if (known !== undefined) return known;
  const candidates = process.env.PYTHON ? [process.env.PYTHON] : ['python3', '/usr/bin/python3'];
  const lacks = candidates.map((program) => lacking(program));
  const found = candidates[lacks.findIndex((names) => names.length === 0)];
  if (found === undefined) {
    const fewest = lacks.reduce((a, b) => (b.length < a.length ? b : a));
    throw new SetupError(
      `This is judged by PyTorch: ${candidates.join(' and ')} cannot import ${fewest.join(', ')}. On Debian: ` +
        `apt-get install ${fewest.map((name) => packages[/** @type {keyof typeof packages} */ (name)]).join(' ')}`,
    );
  }
  known = found;
  return found;
}

/** What of them a Python cannot import. @param {string} program @returns {string[]} */
function lacking(program) {
  const names = Object.keys(packages);
  const source = `import importlib.util as u; print(*(n for n in ${JSON.stringify(names)} if u.find_spec(n) is None))`;
  const { status, stdout } = spawnSync(program, ['-c', source], { encoding: 'utf8' });
  return status === 0 ? stdout.split(/\s+/).filter((name) => name !== '') : names;
}
