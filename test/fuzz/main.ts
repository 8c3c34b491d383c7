/** `npm run fuzz -- --seconds N --seed S`: see scripts/fuzz.mjs. */
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.ts';
import { oracleNames } from './oracles.ts';
import { pythonWithTorch, Torch } from './pytorch.ts';
import { closing, pasted, unjudgedOf } from './report.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string' },
    cases: { type: 'string' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    'without-pytorch': { type: 'boolean', default: false },
    'with-pytorch': { type: 'boolean', default: false },
  },
});

const [seed, seconds] = [Number(values.seed), Number(values.seconds ?? (values.cases ? Infinity : 60))];
if (!Number.isInteger(seed) || Number.isNaN(seconds)) throw new Error('--seed and --seconds are numbers');
const python = values['without-pytorch'] ? undefined : pythonWithTorch();
if (python === undefined && values['with-pytorch']) throw new Error('there is no python3 with torch here');
const torch = python === undefined ? undefined : new Torch(python);
if (torch === undefined) console.log('PyTorch is not asked.');

const end = Date.now() + seconds * 1000;
const tally = await fuzz({
  seed,
  torch,
  cases: values.cases === undefined ? undefined : Number(values.cases),
  only: values.only,
  until: () => Date.now() >= end,
  onFault: (fault) => console.log(`${pasted(fault, seed)}\n`),
});
console.log(closing(tally, oracleNames, torch !== undefined));
for (const death of torch?.deaths ?? []) console.log(`PyTorch's process ended and was started anew: ${death}`);
torch?.end();
// Where PyTorch must be asked, a case that it did not judge is a failure.
const unasked = values['with-pytorch'] && unjudgedOf(tally) > 0;
process.exitCode = tally.faults.length > 0 || unasked ? 1 : 0;
