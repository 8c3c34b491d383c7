/** The command line: the same engine and the same trace as in the editor, printed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { inspect, shortPath, UsageError } from './inspect.ts';
import { jsonText, toJson } from './json.ts';
import { paintFor } from './paint.ts';
import { problemText, report } from './report.ts';

interface Flags {
  readonly run?: true;
  readonly backward?: true;
  readonly json?: true;
  readonly model?: string;
  readonly timeout: number;
  readonly memory: number;
}

/** Fine; the model is wrong; the command is wrong. */
const exitCodes = { fine: 0, problem: 1, usage: 2 } as const;

async function inspectCommand(file: string, flags: Flags): Promise<void> {
  const trace = await inspect({
    file,
    mode: flags.backward ? 'backward' : flags.run ? 'forward' : 'shape',
    ...(flags.model === undefined ? {} : { model: flags.model }),
    timeoutMs: flags.timeout,
    memoryMegabytes: flags.memory,
    engineScript: join(import.meta.dirname, 'engine.cjs'),
    onPrint: (message) => process.stderr.write(`${message}\n`),
  });
  if (flags.json) {
    process.stdout.write(`${jsonText(toJson(trace, shortPath))}\n`);
  } else {
    const text = report(trace, shortPath, paintFor(process.stdout, process.env));
    if (text !== '') process.stdout.write(`${text}\n`);
  }
  const paint = paintFor(process.stderr, process.env);
  for (const problem of trace.problems) {
    const forCommandLine = { ...problem, ...(problem.hint === undefined ? {} : { hint: inFlags(problem.hint) }) };
    process.stderr.write(`${problemText(trace, forCommandLine, shortPath, paint)}\n`);
  }
  if (trace.models.length === 0 || trace.problems.some(({ severity }) => severity === 'error'))
    process.exitCode = exitCodes.problem;
}

/** The engine speaks of the editor's settings; here they are flags. */
function inFlags(hint: string): string {
  return hint.replace('the setting tensight.memoryLimit', '--memory');
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}

function versionOf(): string {
  const manifest = readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { readonly version: string }).version;
}

const program = new Command('tensight')
  .description('Inspect neural networks written in .model.ts files.')
  .version(versionOf(), '-V, --version', 'print the version')
  .helpCommand(false)
  .showHelpAfterError('Try: tensight --help')
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'tensight: ')) });

program
  .command('inspect')
  .description('print layers and shapes of the models in a file; with --run and --backward values and gradients, too')
  .argument('<file>', 'a .model.ts file that exports defineModel(…)')
  .option('--run', 'compute values: forward, with statistics of every tensor')
  .option('--backward', 'compute gradients as well: the norm at every layer')
  .option('--json', 'print plain data (described in docs/json.md) instead of tables')
  .option('--model <name>', 'only the model of this export (all of them where left out)')
  .option('--timeout <ms>', 'end the run after this many milliseconds', positive, 60_000)
  .option('--memory <MB>', 'end the run beyond this many megabytes', positive, 2048)
  .exitOverride()
  .action(inspectCommand);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? exitCodes.fine : exitCodes.usage;
  } else if (error instanceof UsageError) {
    process.stderr.write(`tensight: ${error.message}\n`);
    process.exitCode = exitCodes.usage;
  } else throw error;
}
