/** Puts the probes of a file into its text, at the places `Marks` keeps. What weave.ts does with a syntax tree. */
import type { Edits } from './edits.ts';
import { type MarkRecord, type Marks, type Opening, placeMark, probeNames, type Wrap } from './marks.ts';
import { ranks } from './members.ts';

const { enter, leave, see, loop } = probeNames;

export function putProbes(marks: Marks, edits: Edits): void {
  for (const [loc, wraps] of marks.wraps)
    for (const wrap of wraps) {
      const [open, close] = around(wrap);
      edits.around(loc.start.index, loc.end.index, ranks.probe, open, close);
    }
  for (const [{ start, end }, names] of marks.after) {
    // Its semicolon, which may be on another line, ends the last of them.
    const statement = marks.text.slice(start.index, end.index).replace(/;$/, '').trimEnd();
    const calls = names.map((name) => `; ${record(name)}`).join('');
    edits.around(start.index, start.index + statement.length, ranks.after, '', calls);
  }
  for (const [{ start, end }, place] of marks.placed)
    edits.around(start.index, end.index, ranks.place, `/*${placeMark(place)}*/`, '');
  for (const opening of marks.openings.values()) open(opening, edits);
}

function around({ probe, site, commas }: Wrap): readonly [open: string, close: string] {
  const [open, close] = commas ? ['(', ')'] : ['', ''];
  switch (probe) {
    case 'see':
      return [`${see}(${site}, ${open}`, `${close})`];
    case 'leave':
      return [`${leave}(${enter}(${site}), ${open}`, `${close})`];
    case 'enter':
      return [`(${enter}(${site}), `, ')'];
    default:
      return probe satisfies never;
  }
}

/** The first probes of a body: of a loop, a function, or an arrow function that is one expression. */
function open({ body, loop: site, names }: Opening, edits: Edits): void {
  const calls = [...(site === undefined ? [] : [`${loop}(${site})`]), ...names.map(record)];
  const [start, end] = [body.start!, body.end!];
  if (body.type === 'BlockStatement') {
    const first = body.directives.at(-1)?.end ?? start + 1;
    edits.around(first, end - 1, ranks.opening, ` ${calls.join('; ')};`, '');
  } else if (body.type.endsWith('Statement')) edits.around(start, end, ranks.body, `{ ${calls.join('; ')}; `, ' }');
  else edits.around(start, end, ranks.opening, `(${calls.join(', ')}, `, ')');
}

function record({ site, identifier: { name } }: MarkRecord): string {
  return `${see}(${site}, ${name})`;
}
