/** An engine's worker that writes without end to where nobody reads it all. */
const { stdout, stderr } = process;
const line = 'x'.repeat(10_000);
setInterval(() => {
  for (let i = 0; i < 100; i++) {
    stdout.write(line);
    stderr.write(line);
  }
}, 5);
// It takes `process` away.
void import('../../../extension/engine/worker.ts');
