/** The command line: the same engine and the same trace as in the editor, printed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { printable, printableAll } from '../../core/trace/printable.ts';
import { type FileOptions, inspect, shortPath, UsageError } from './inspect.ts';
import { escaped, jsonText, toJson, trainingToJson } from './json.ts';
import { paintFor } from './paint.ts';
import { problemText, type ReportedTrace, report } from './report.ts';
import { train, trainingReport } from './train.ts';

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

/** What a shell expects of a command that a signal ended: 128 and its number. */
const signalled = (signal: number) => 128 + signal;
const interrupt = 2;

/** The first Ctrl-C, where a command has something to say of what it came to until then. Any other ends the command at once. */
let interrupted: AbortController | undefined;

async function inspectCommand(file: string, flags: Flags): Promise<void> {
  const mode = flags.backward ? 'backward' : flags.run ? 'forward' : 'shape';
  const trace = await inspect({ ...fileOptions(file, flags), mode });
  const shown = printableAll(trace);
  if (flags.json) {
    process.stdout.write(`${jsonText(toJson(trace, shortPath))}\n`);
  } else {
    const text = report(shown, shortPath, paintFor(process.stdout, process.env));
    if (text !== '') process.stdout.write(`${text}\n`);
  }
  tellProblems(shown);
}

interface TrainFlags extends Pick<Flags, 'json' | 'model' | 'timeout' | 'memory'> {
  readonly steps?: number;
}

async function trainCommand(file: string, flags: TrainFlags): Promise<void> {
  const steps = flags.steps === undefined ? {} : { steps: flags.steps };
  interrupted = new AbortController();
  const { signal } = interrupted;
  const done = await train({ ...fileOptions(file, flags), ...steps, signal });
  const shown = printableAll(done);
  if (flags.json) {
    process.stdout.write(`${escaped(JSON.stringify(trainingToJson(done, shortPath)))}\n`);
  } else {
    const text = trainingReport(shown, paintFor(process.stdout, process.env));
    if (text !== '') process.stdout.write(`${text}\n`);
  }
  tellProblems(shown);
  if (signal.aborted) process.exitCode = signalled(interrupt);
}

function fileOptions(file: string, flags: Pick<Flags, 'model' | 'timeout' | 'memory'>): FileOptions {
  return {
    file,
    ...(flags.model === undefined ? {} : { model: flags.model }),
    timeoutMs: flags.timeout,
    memoryMegabytes: flags.memory,
    engineScript: join(import.meta.dirname, 'engine.cjs'),
    onPrint: (message) => process.stderr.write(`${printable(message)}\n`),
  };
}

/** Prints what went wrong, and sets the exit code by it. */
function tellProblems(trace: ReportedTrace): void {
  const paint = paintFor(process.stderr, process.env);
  for (const problem of trace.problems) {
    process.stderr.write(`${problemText(trace, problem, shortPath, paint)}\n`);
  }
  if (trace.models.length === 0 || trace.problems.some(({ severity }) => severity === 'error'))
    process.exitCode = exitCodes.problem;
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
  .addHelpText(
    'after',
    '\nA model file is a program, and these commands run it. It has no access to Node or the network, which\nprevents accidents but is no protection against malicious code: run only files you trust.',
  )
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(printable(text.replace(/^error: /, 'tensight: '))) });

program
  .command('inspect')
  .description('print layers and shapes of the models in a file; with --run and --backward also values and gradients')
  .argument('<file>', 'a .model.ts file that exports defineModel(…)')
  .option('--run', 'compute values: forward, with statistics of every tensor')
  .option('--backward', 'compute gradients as well: the norm at every layer')
  .option('--json', 'print plain data (described in docs/json.md) instead of tables')
  .option('--model <name>', 'only the model of this export (default: all)')
  .option('--timeout <ms>', 'end the run after this many milliseconds', positive, 60_000)
  .option('--memory <MB>', 'end the run when it holds more than this many megabytes', positive, 2048)
  .exitOverride()
  .action(inspectCommand);

program
  .command('train')
  .description('train the models in a file by their train section; print the loss and the results')
  .argument('<file>', 'a .model.ts file that exports defineModel({ …, train })')
  .option('--steps <count>', 'number of steps, instead of what the file says', positive)
  .option('--json', 'print plain data instead of text')
  .option('--model <name>', 'only the model of this export (default: all)')
  .option('--timeout <ms>', 'end training after this many milliseconds', positive, 600_000)
  .option('--memory <MB>', 'end training when it holds more than this many megabytes', positive, 2048)
  .exitOverride()
  .action(trainCommand);

// A reader that has seen enough (`| head -1`) is no error.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: Error & { code?: string }) => {
    if (error.code === 'EPIPE') process.exit();
    process.stderr.write(`tensight: the output cannot be written: ${error.message}\n`);
    process.exit(exitCodes.problem);
  });

// An exit in order, which ends the engines, too.
for (const [signal, number] of [
  ['SIGTERM', 15],
  ['SIGHUP', 1],
] as const)
  process.once(signal, () => process.exit(signalled(number)));
process.on('SIGINT', () => {
  if (interrupted === undefined || interrupted.signal.aborted) process.exit(signalled(interrupt));
  interrupted.abort();
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? exitCodes.fine : exitCodes.usage;
  } else if (error instanceof UsageError) {
    process.stderr.write(`tensight: ${printable(error.message)}\n`);
    process.exitCode = exitCodes.usage;
  } else {
    const text = error instanceof Error ? error.message : String(error);
    process.stderr.write(`tensight: Tensight itself failed: ${printable(text)}\n`);
    process.exitCode = exitCodes.problem;
  }
}
