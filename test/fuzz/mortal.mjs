// Stands for pytorch.py in tests: answers a case with the number it says, and ends, or never answers, where the case says so.
import { createInterface } from 'node:readline';

console.log(JSON.stringify({ ready: true }));
createInterface({ input: process.stdin }).on('line', (line) => {
  const { code } = JSON.parse(line);
  if (code === 'end') {
    console.error('last words');
    process.exit(3);
  }
  if (code === 'hang') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  const data = Buffer.from(Float32Array.of(Number(code)).buffer).toString('base64');
  console.log(JSON.stringify({ outputs: [{ dtype: 'f32', shape: [], data }] }));
});
