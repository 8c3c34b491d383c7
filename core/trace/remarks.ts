/** What a run says of a file beside its traces: that a model is missing, that something is odd though nothing failed. */
import type { Recorder } from './recorder.ts';
import type { Problem, Site, SiteId } from './trace.ts';

export function remark(
  severity: Problem['severity'],
  message: string,
  hint: string,
  site: SiteId | undefined,
): Problem {
  return { severity, code: 'model', message, hint, ...(site === undefined ? {} : { site }) };
}

export function notTaken(callee: string, untaken: readonly string[], site: SiteId | undefined): Problem {
  const names = untaken.join(', ');
  const [are, them] = untaken.length === 1 ? ['input is', 'it'] : ['inputs are', 'them'];
  return remark(
    'warning',
    `${callee} takes no ${names}: the ${are} not used`,
    `Give forward a parameter for ${them}, or write ${them} under targets where only the loss needs ${them}.`,
    site,
  );
}

/** Where a tensor decided which way the program went. */
export function alwaysTrue({ values }: Pick<Recorder, 'values'>, sites: readonly Site[]): Problem[] {
  return [...values].flatMap(([site, seen]) => {
    const place = sites[site];
    if (place?.decides === undefined || !seen.values.some(({ value }) => value.kind === 'tensor')) return [];
    const { decides, text } = place;
    return decides === 'true'
      ? remark(
          'warning',
          `${text} is a tensor, and counts as true whatever its values`,
          'For each element write where(condition, a, b); for one answer .all().item() or .any().item().',
          site,
        )
      : remark(
          'warning',
          `${text} is a tensor, which is never equal to a number, a text or true`,
          'Compare the elements: x.eq(0); or the number in a tensor of one element: x.item() === 0.',
          site,
        );
  });
}

/** Where somebody who comes from Python wrote a tuple. */
export function tuples(sites: readonly Site[]): Problem[] {
  return sites.flatMap(({ tuple, text }, site) => {
    if (tuple === undefined) return [];
    const inside = (text.startsWith('(') && text.endsWith(')') ? text.slice(1, -1) : text).trim();
    const last = inside.slice(inside.lastIndexOf(',') + 1).trim();
    const isPlain = !/[()[\]{}]/.test(inside);
    return remark(
      'warning',
      isPlain
        ? `${text} is ${last}: the comma operator gives its last value`
        : 'the comma operator gives only the last of these values',
      `For a list write [${inside}].`,
      site,
    );
  });
}

/** Where somebody who comes from Python divided into whole numbers. */
export function divisions(sites: readonly Site[]): Problem[] {
  return sites.flatMap(({ division, text }, site) =>
    division === undefined
      ? []
      : remark(
          'warning',
          `${text}: // starts a comment, so what is after it is not computed`,
          'For a whole quotient write Math.floor(a / b); of tensors x.div(y).floor().',
          site,
        ),
  );
}

export function noModel(file: string, model: string | undefined, exported: readonly string[]): Problem {
  return {
    // While a file is being written it has no model yet: worth a word, not an alarm.
    severity: model === undefined ? 'info' : 'error',
    code: 'model',
    message: model === undefined ? 'this file exports no model' : `this file exports no model named ${model}`,
    hint:
      exported.length > 0
        ? `It exports ${exported.join(', ')}.`
        : 'Add: export default defineModel({ model: () => new MyModel(), inputs: { x: randn([2, 4]) } });',
    file,
    range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
  };
}

/** `item() at line 12: …`, for the note that a shape run computed values after all. */
export function where(problem: Problem, sites: readonly Site[]): string {
  const site = problem.site === undefined ? undefined : sites[problem.site];
  return site === undefined ? problem.message : `line ${site.range.start.line + 1} reads a value (${site.text})`;
}
