/** A trace as a person reads it in a terminal. */
import type { FileTrace, ModelTrace, Problem, Site, SiteValues } from '../../core/trace/trace.ts';
import { formatTensor, formatValue } from '../reading/format.ts';
import { type GradientRow, gradientsOf, normOf } from '../reading/gradients.ts';
import { bytes, count, duration, flops as formatFlops, integer, number } from '../reading/numbers.ts';
import { originOf } from '../reading/provenance.ts';
import { asSentence } from '../reading/sentence.ts';
import { tensorsIn } from '../reading/values.ts';
import { layerTable, valueText } from './layers.ts';
import type { Paint } from './paint.ts';
import { tableOf } from './table.ts';

export type NameOfFile = (file: string) => string;

/** Everything but the problems. */
export function report(trace: FileTrace, nameOfFile: NameOfFile, paint: Paint): string {
  return trace.models.map((model) => modelReport(trace, model, nameOfFile, paint)).join('\n\n');
}

/** What problems are told of. */
export type ReportedTrace = Pick<FileTrace, 'file' | 'sites' | 'problems'> & { readonly models: readonly unknown[] };

/** `FILE:LINE:COL message`, and what to try on the next line. */
export function problemText(trace: ReportedTrace, problem: Problem, nameOfFile: NameOfFile, paint: Paint): string {
  const site = problem.site === undefined ? undefined : trace.sites[problem.site];
  const at = placeText(site ?? problem, nameOfFile, trace.file);
  const message =
    problem.severity === 'error' ? paint.red(asSentence(problem.message)) : paint.yellow(asSentence(problem.message));
  const lines = [`${paint.bold(at)} ${message}`];
  if (problem.hint !== undefined) lines.push(`  ${problem.hint}`);
  for (const { message: note, site: id } of problem.related ?? []) {
    const place = trace.sites[id];
    if (place !== undefined) lines.push(`  ${placeText(place, nameOfFile, trace.file)} ${note}`);
  }
  return lines.join('\n');
}

function placeText(
  at: { readonly file?: string; readonly range?: Site['range'] },
  nameOfFile: NameOfFile,
  entry: string,
) {
  const { line, character } = at.range?.start ?? { line: 0, character: 0 };
  return `${nameOfFile(at.file ?? entry)}:${line + 1}:${character + 1}`;
}

function modelReport(trace: FileTrace, model: ModelTrace, nameOfFile: NameOfFile, paint: Paint): string {
  const site = model.site === undefined ? undefined : trace.sites[model.site];
  const where = site === undefined ? nameOfFile(trace.file) : placeText(site, nameOfFile, trace.file);
  const { provenance, because } = originOf(model);
  const notes = [
    [`${provenance} in ${duration(trace.ms)}`, because].filter((part) => part !== undefined).join(' '),
    ...(model.complete ? [] : ['not complete']),
  ];
  const parts = [
    `${paint.bold(model.name)}  ${paint.dim(`${where}  ${notes.join(', ')}`)}`,
    layerTable(model, paint),
    totalsText(model, paint),
    section('Shapes by line', shapesByLine(trace, model, nameOfFile, paint), paint),
  ];
  if (trace.mode === 'backward')
    parts.push(section('Gradients, first layer to last', gradientTable(model, paint), paint));
  return parts.filter((part) => part !== '').join('\n\n');
}

function section(title: string, body: string, paint: Paint): string {
  return body === '' ? '' : `${paint.bold(title)}\n${body}`;
}

function totalsText(model: ModelTrace, paint: Paint): string {
  const { parameters, trainable, parameterBytes, activationBytes, flops } = model.totals;
  const ms = model.calls.find(({ parent }) => parent === undefined)?.ms;
  const frozen = trainable === parameters ? '' : `, ${count(trainable)} trainable`;
  const rows = [
    ['Parameters', `${integer(parameters)} (${bytes(parameterBytes)}${frozen})`],
    ['Activations', bytes(activationBytes)],
    ['Forward', `${formatFlops(flops)}${ms === undefined ? '' : ` in ${duration(ms)}`}`],
    ...(model.ran === undefined
      ? []
      : [['Operations', `the first ${integer(model.ops.length)} of the ${integer(model.ran)} that ran`]]),
    ...(model.loss?.value === undefined
      ? []
      : [[model.loss.source === 'defined' ? 'Loss' : 'Sum of output', number(model.loss.value)]]),
  ];
  return rows.map(([name, value]) => `${paint.dim(name!.padEnd(14))}${value}`).join('\n');
}

/** What every name, parameter and `return` held; lines of other files under their names. */
function shapesByLine(trace: FileTrace, model: ModelTrace, nameOfFile: NameOfFile, paint: Paint): string {
  const lines = Object.entries(model.values)
    .map(([id, seen]) => ({ site: trace.sites[Number(id)]!, seen }))
    .filter(
      ({ site, seen }) => site.kind !== 'expression' && seen.values.some(({ value }) => tensorsIn(value).length > 0),
    )
    .sort((a, b) => byPlace(trace, a.site, b.site));
  const place = ({ range: { start } }: Site) => `${start.line + 1}:${start.character + 1}`;
  const width = Math.max(0, ...lines.map(({ site }) => place(site).length));
  const textWidth = Math.min(36, Math.max(0, ...lines.map(({ site }) => siteText(site).length)));
  let file = trace.file;
  return lines
    .flatMap(({ site, seen }) => {
      const heading = site.file === file ? [] : [paint.dim(nameOfFile(site.file))];
      file = site.file;
      const head = `${paint.dim(place(site).padStart(width))}  ${cut(siteText(site), textWidth).padEnd(textWidth)}`;
      return [...heading, `${head}  ${valuesText(model, seen, paint)}`];
    })
    .join('\n');
}

function siteText({ kind, text }: Site): string {
  switch (kind) {
    case 'declaration':
    case 'field':
      return `${text} = …`;
    case 'return':
      return `return ${text}`;
    case 'argument':
    case 'expression':
      return text;
    default:
      return kind satisfies never;
  }
}

function valuesText(model: ModelTrace, { values, count }: SiteValues, paint: Paint): string {
  const shown = [...new Set(values.map(({ value }) => formatValue(value, model)))];
  const { value } = values[0]!;
  const many = count > 1 ? paint.dim(`  ×${count}`) : '';
  if (value.kind !== 'tensor' || shown.length > 1)
    return `${shown.slice(0, 3).join(' | ')}${shown.length > 3 ? ` | … ${shown.length} shapes` : ''}${many}`;
  const tensor = model.tensors[value.tensor];
  if (tensor === undefined) return '';
  const stats = tensor.stats === undefined ? '' : `  ${valueText(tensor.stats, paint)}`;
  const gradient = tensor.gradient === undefined ? '' : `  ${paint.dim('∇')} ‖${number(normOf(tensor.gradient))}‖`;
  return `${formatTensor(tensor)}  ${paint.dim(bytes(tensor.bytes))}${stats}${gradient}${many}`;
}

const marks = {
  nan: 'NaN or ∞',
  exploding: 'exploding',
  dead: 'dead: all zero',
  vanishing: 'vanishing',
} as const satisfies Record<NonNullable<GradientRow['verdict']>, string>;

function gradientTable(model: ModelTrace, paint: Paint): string {
  const { rows, thresholds } = gradientsOf(model, 'layers');
  if (rows.length === 0) return 'No gradient reached a layer.';
  const table = tableOf(
    [
      { head: 'Layer' },
      { head: '‖∂L/∂out‖', align: 'right' },
      { head: '‖∂L/∂parameters‖', align: 'right' },
      { head: '', wraps: true },
    ],
    rows.map((row) => [
      `${row.path || row.className}${row.turn > 0 ? ` #${row.turn}` : ''} ${paint.dim(row.className)}`,
      row.output === undefined ? '' : number(normOf(row.output.gradient)),
      row.parameterNorm === undefined ? '' : number(row.parameterNorm),
      row.verdict === undefined ? '' : (row.verdict === 'vanishing' ? paint.yellow : paint.red)(marks[row.verdict]),
    ]),
    paint,
  );
  const legend =
    thresholds === undefined
      ? 'No layer is marked vanishing or exploding: the gradient is not finite in the layers nearest the loss.'
      : `Vanishing below ${number(thresholds.vanishing)}, exploding above ${number(thresholds.exploding)}: 10⁻⁶ and 10³ times the norm nearest the loss.`;
  return `${table}\n${paint.dim(legend)}`;
}

function byPlace(trace: FileTrace, a: Site, b: Site): number {
  const files = Number(a.file !== trace.file) - Number(b.file !== trace.file) || a.file.localeCompare(b.file);
  return files || a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character;
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
