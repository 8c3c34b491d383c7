/**
 * ‖∂L/∂out‖ of every layer and ‖∂L/∂parameter‖ beside it, in the order the layers were called, and a verdict on each.
 * Thresholds are relative to the layers nearest the loss, where the gradient starts: so the scale of the loss does not matter, and
 * a gradient that went wrong halfway cannot pass for the usual one because most layers lie after it. They are printed with the chart.
 */
import type { CallRecord, ModelTrace, ModuleRecord, SiteId, Statistics, TensorId } from '../../core/trace/trace.ts';
import { recurrencesOf } from './recurrences.ts';
import { tensorsIn } from './values.ts';

export type Verdict = 'nan' | 'exploding' | 'dead' | 'vanishing';

export interface ParameterGradient {
  readonly name: string;
  readonly tensor: TensorId;
  readonly gradient: Statistics;
  readonly value?: Statistics;
}

export interface GradientRow {
  readonly key: string;
  readonly module: number;
  readonly path: string;
  readonly className: string;
  /** The call it is of; none where its parameters are used without calling it (a ParameterList, a tied weight). */
  readonly call?: number;
  /** Which of the module's calls, from 1; 0 where there is one only. */
  readonly turn: number;
  /** Of a row that is one step of a recurrence: where it stands in the sequence, and the recurrence’s name. */
  readonly step?: { readonly index: number; readonly of: string };
  /** Contains other called layers. */
  readonly block: boolean;
  readonly output?: { readonly tensor: TensorId; readonly gradient: Statistics; readonly value?: Statistics };
  /** ‖∂L/∂in‖ ÷ ‖∂L/∂out‖ of the first input that has a gradient. */
  readonly gain?: number;
  readonly parameters: readonly ParameterGradient[];
  /** L2 norm of all its own parameters' gradients together; NaN where an element is not finite. */
  readonly parameterNorm?: number;
  readonly site?: SiteId;
  readonly verdict?: Verdict;
}

/** None where the gradient is not finite at the loss: nothing can be measured by it. */
export interface Thresholds {
  /** Median of the third of the layers that is nearest the loss, or the last layer's norm where that is larger. */
  readonly reference: number;
  readonly vanishing: number;
  readonly exploding: number;
}

export const relativeVanishing = 1e-6;
export const relativeExploding = 1e3;

export interface Gradients {
  readonly rows: readonly GradientRow[];
  readonly thresholds: Thresholds | undefined;
}

/**
 * Which layers: those that contain no others (or have parameters of their own), those that contain others, or both; or instead of
 * layers the steps of each recurrence.
 */
export type Which = 'layers' | 'blocks' | 'all' | 'steps';

/** Every layer's gradients, in the order of calls. */
export function gradientsOf(model: ModelTrace, which: Which): Gradients {
  if (which === 'steps') return judge(model, stepsOf(model));
  const containers = new Set(model.calls.flatMap((call) => call.parent ?? []));
  const rows: GradientRow[] = [];
  for (const call of model.calls) {
    const module = model.modules[call.module];
    if (module === undefined) continue;
    const block = containers.has(call.id);
    const owns =
      module.calls[0] === call.id && module.own.some((own) => model.tensors[own.tensor]?.gradient !== undefined);
    if (which === 'blocks' ? !block : which === 'layers' && block && !owns) continue;
    const row = rowOf(model, module, call, block);
    if (row.output !== undefined || row.parameters.length > 0) rows.push(row);
  }
  if (which !== 'blocks')
    for (const module of model.modules) if (module.calls.length === 0) insertUncalled(rows, module, model);
  return judge(model, rows);
}

function judge(model: ModelTrace, rows: readonly GradientRow[]): Gradients {
  const thresholds = thresholdsOf(rows);
  if (model.loss?.isConstant) return { thresholds, rows };
  return { thresholds, rows: rows.map((row) => judged(row, thresholds)) };
}

/** ∂L/∂h of every state of every recurrence; its gain is what a step back makes of the gradient. */
function stepsOf(model: ModelTrace): GradientRow[] {
  return recurrencesOf(model).flatMap(({ module: id, call, name, reverse, steps }) => {
    const module = model.modules[id];
    if (module === undefined) return [];
    const states = steps.map((tensor) => model.tensors[tensor]);
    return states.flatMap((state, i): GradientRow[] => {
      if (state?.gradient === undefined) return [];
      const after = states[i + 1]?.gradient;
      const norm = after === undefined ? 0 : normOf(after);
      return [
        {
          ...{ key: `${name}~${i}`, module: id, path: module.path, className: module.className, call },
          ...{ turn: 0, block: false, parameters: [] },
          step: { index: reverse ? steps.length - 1 - i : i, of: name },
          output: { tensor: state.id, gradient: state.gradient, ...(state.stats ? { value: state.stats } : {}) },
          ...(norm > 0 ? { gain: normOf(state.gradient) / norm } : {}),
          ...siteOf(model.calls[call], module),
        },
      ];
    });
  });
}

/** A module whose parameters learn although it is never called stands before the call in which they were used first. */
function insertUncalled(rows: GradientRow[], module: ModuleRecord, model: ModelTrace): void {
  const parameters = parameterGradients(model, module);
  if (parameters.length === 0) return;
  const ids = new Set(parameters.map(({ tensor }) => tensor));
  const used = model.ops.findIndex(({ inputs }) => inputs.some((input) => ids.has(input)));
  const after = rows.findIndex(({ call }) => call !== undefined && (model.calls[call]?.firstOp ?? 0) > used);
  const row: GradientRow = {
    ...{ key: `${module.path}@0`, module: module.id, path: module.path, className: module.className },
    ...{ turn: 0, block: false, parameters },
    parameterNorm: Math.hypot(...parameters.map((own) => normOf(own.gradient))),
    ...(module.site === undefined ? {} : { site: module.site }),
  };
  rows.splice(after < 0 ? rows.length : after, 0, row);
}

function rowOf(model: ModelTrace, module: ModuleRecord, call: CallRecord, block: boolean): GradientRow {
  const turn = module.calls.indexOf(call.id);
  const out = tensorsIn(call.output).find(({ tensor }) => model.tensors[tensor]?.gradient !== undefined);
  const record = out === undefined ? undefined : model.tensors[out.tensor];
  const input = call.inputs
    .flatMap((value) => tensorsIn(value))
    .map(({ tensor }) => model.tensors[tensor]?.gradient)
    .find((gradient) => gradient !== undefined);
  const parameters = turn > 0 ? [] : parameterGradients(model, module);
  const norm = record?.gradient === undefined ? 0 : normOf(record.gradient);
  const normIn = input === undefined ? Number.NaN : normOf(input);
  return {
    key: `${module.path}@${turn}`,
    module: module.id,
    path: module.path,
    className: module.className,
    call: call.id,
    turn: module.calls.length > 1 ? turn + 1 : 0,
    block,
    parameters,
    ...(record?.gradient === undefined
      ? {}
      : { output: { tensor: record.id, gradient: record.gradient, ...(record.stats ? { value: record.stats } : {}) } }),
    ...(norm > 0 && !Number.isNaN(normIn) ? { gain: normIn / norm } : {}),
    ...(parameters.length > 0 ? { parameterNorm: Math.hypot(...parameters.map((own) => normOf(own.gradient))) } : {}),
    ...siteOf(call, module),
  };
}

function siteOf(call: CallRecord | undefined, module: ModuleRecord): { site?: SiteId } {
  const site = call?.site ?? module.site;
  return site === undefined ? {} : { site };
}

function parameterGradients(model: ModelTrace, module: ModuleRecord): ParameterGradient[] {
  return module.own.flatMap((own) => {
    const tensor = model.tensors[own.tensor];
    if (own.kind !== 'parameter' || tensor?.gradient === undefined) return [];
    return [
      {
        name: own.name,
        tensor: own.tensor,
        gradient: tensor.gradient,
        ...(tensor.stats ? { value: tensor.stats } : {}),
      },
    ];
  });
}

function thresholdsOf(rows: readonly GradientRow[]): Thresholds | undefined {
  const outputs = rows.flatMap(({ output }) => (output === undefined ? [] : [output.gradient]));
  if (outputs.slice(-Math.ceil(outputs.length / 3)).some(notFinite)) return undefined;
  const norms = rows.map((row) => row.output?.gradient.norm ?? 0).filter((norm) => norm > 0 && Number.isFinite(norm));
  const near = norms.slice(-Math.ceil(norms.length / 3)).sort((a, b) => a - b);
  // Where the gradient vanishes within that third, the layer at the loss itself is the measure.
  const reference = Math.max(near[Math.floor(near.length / 2)] ?? 0, norms.at(-1) ?? 0);
  return { reference, vanishing: reference * relativeVanishing, exploding: reference * relativeExploding };
}

const notFinite = (stats: Statistics): boolean => stats.nan + stats.posInf + stats.negInf > 0;
/** The norm of all elements: NaN where one of them is not finite, while `Statistics.norm` is that of the others. */
export const normOf = (stats: Statistics): number => (notFinite(stats) ? Number.NaN : stats.norm);
const allZero = (stats: Statistics): boolean => stats.count > 0 && stats.zeros === stats.count;

function verdictOf(row: GradientRow, thresholds: Thresholds | undefined): Verdict | undefined {
  const all = [...(row.output ? [row.output.gradient] : []), ...row.parameters.map((own) => own.gradient)];
  if (all.some(notFinite)) return 'nan';
  const { reference, exploding, vanishing } = thresholds ?? { reference: 0, exploding: 0, vanishing: 0 };
  if (reference > 0 && all.some((stats) => stats.norm > exploding)) return 'exploding';
  if (row.output ? allZero(row.output.gradient) : all.every(allZero)) return 'dead';
  if (row.output !== undefined && row.output.gradient.norm < vanishing) return 'vanishing';
  return undefined;
}

function judged(row: GradientRow, thresholds: Thresholds | undefined): GradientRow {
  const verdict = verdictOf(row, thresholds);
  return verdict === undefined ? row : { ...row, verdict };
}
