import type { Comment, Expression, Identifier, Node, SourceLocation, Statement } from '@babel/types';
import type { Problem, Range, Site, SiteArgument } from '../../core/trace/trace.ts';
import { bare } from './bare.ts';
import { LineIndex, shorten } from './text.ts';

/** The names instrumented code calls its probe by; the loader passes them to every module. */
export const probeNames = {
  /** `__e(id)`: an expression that may fail begins. Gives the site's id in the whole program. */
  enter: '__e',
  /** `__x(__e(id), value)`: it ended with this value. */
  leave: '__x',
  /** `__v(id, value)`: a value was read. */
  see: '__v',
  /** `__l(id)`: another round of a loop. */
  loop: '__l',
} as const;

/**
 * A comment in the code before what shares its line with other code: one that says `__p3` names place 3 of the module. It is no probe; an error of the
 * platform's own that no probe stands around tells its line and column, and is found by it.
 */
export const placeMark = (place: number): string => `__p${place}`;

/** A probe around an expression. `enter` is left open, so that what catches the error can say where it was thrown. */
export interface Wrap {
  readonly probe: 'leave' | 'see' | 'enter';
  readonly site: number;
  /** Whether what it is put around has commas of its own. */
  readonly commas: boolean;
}

/** A probe that reads a name. The identifier is the one that binds it, whatever it may be called once it is compiled. */
export interface MarkRecord {
  readonly site: number;
  readonly identifier: Identifier;
}

/** What comes first in a body. */
export interface Opening {
  readonly body: Node;
  readonly loop?: number;
  readonly names: readonly MarkRecord[];
}

/**
 * The sites found in one file, and where their probes go. Found on the text as it is written; put into the text itself
 * (probes.ts), or woven into the syntax tree once types and modules are compiled (weave.ts). That leaves each expression's `loc`
 * object as it was, whatever else it makes of it: so that is what marks are kept by.
 */
export class Marks {
  readonly sites: Site[] = [];
  readonly problems: Problem[] = [];
  /** Outermost first. */
  readonly wraps = new Map<SourceLocation, Wrap[]>();
  /** After a statement of a list. */
  readonly after = new Map<SourceLocation, readonly MarkRecord[]>();
  readonly openings = new Map<SourceLocation, Opening>();
  /** What a `placeMark` comes before: the number of its place. */
  readonly placed = new Map<SourceLocation, number>();
  readonly places: Range[] = [];
  readonly #lines: LineIndex;
  readonly #scopes: string[] = [];

  constructor(
    readonly file: string,
    readonly text: string,
  ) {
    this.#lines = new LineIndex(text);
  }

  range(start: number, end: number): Range {
    return this.#lines.range(start, end);
  }

  wrap(node: Expression, probe: Wrap['probe'], site: number): void {
    const { loc, type } = bare(node);
    const known = this.wraps.get(loc!);
    const wrap = { probe, site, commas: type === 'SequenceExpression' };
    if (known === undefined) this.wraps.set(loc!, [wrap]);
    else known.push(wrap);
  }

  recordAfter(statement: Statement, names: readonly MarkRecord[]): void {
    if (names.length > 0) this.after.set(statement.loc!, names);
  }

  open(body: Node, opening: Omit<Opening, 'body'>): void {
    if (opening.loop !== undefined || opening.names.length > 0) this.openings.set(body.loc!, { ...opening, body });
  }

  /** Where an error in `node` is told, unless its line tells it. The mark comes before `part`, which is it or within it. */
  place({ start, end }: Node, part: Node): void {
    const before = this.text.slice(this.#lines.lineStart(start!), start!);
    const after = this.text.slice(end!, this.#lines.lineEnd(end!));
    if (onlyExport.test(before) && onlyEnd.test(after)) return;
    // Of several lines the first: those after it tell their own.
    const last = Math.min(this.text[end! - 1] === ';' ? end! - 1 : end!, this.#lines.lineEnd(start!));
    this.placed.set(part.loc!, this.places.push(this.#lines.range(start!, last)) - 1);
  }

  site(
    start: number,
    end: number,
    kind: Site['kind'],
    more: Pick<Site, 'decides' | 'tuple' | 'division' | 'arguments'> = {},
  ): number {
    const scope = this.#scopes.at(-1);
    const site: Site = {
      file: this.file,
      range: this.#lines.range(start, end),
      text: shorten(this.text.slice(start, end)),
      kind,
      ...(scope === undefined ? {} : { scope }),
      ...more,
    };
    return this.sites.push(site) - 1;
  }

  /** `n // 2`, which Python would compute. */
  divisions(comments: readonly Comment[]): void {
    for (const { type, value, start, end } of comments) {
      if (type !== 'CommentLine' || !divisor.test(value)) continue;
      const before = this.text.slice(this.#lines.lineStart(start!), start!);
      if (dividend.test(before)) this.site(start! - before.trimStart().length, end!, 'expression', { division: true });
    }
  }

  /** An argument of a call, for its site. */
  argument(node: Node, name?: string): SiteArgument {
    const [start, end] = [node.start!, node.end!];
    const argument = { range: this.#lines.range(start, end), text: shorten(this.text.slice(start, end)) };
    return name === undefined ? argument : { name, ...argument };
  }

  /** Runs `body` inside a class, method or function of this name. */
  scoped(name: string | undefined, body: () => void): void {
    if (name === undefined) return body();
    this.#scopes.push(name);
    body();
    this.#scopes.pop();
  }

  problem(code: Problem['code'], start: number, end: number, message: string, hint?: string): void {
    this.problems.push({
      severity: 'error',
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
      file: this.file,
      range: this.#lines.range(start, end),
    });
  }

  problemAtWord(code: Problem['code'], offset: number, message: string, hint?: string): void {
    const range = this.#lines.wordAt(offset);
    const problem: Problem = { severity: 'error', code, message, file: this.file, range };
    this.problems.push(hint === undefined ? problem : { ...problem, hint });
  }
}

const onlyExport = /^\s*(?:export\s+(?:default\s+)?)?$/;
const onlyEnd = /^[\s;)\]},]*(?:\/\/.*|\/\*[^*]*\*\/\s*)?$/;

/** A whole number, a field, or a name that ends a statement: no sentence. */
const divisor = /^\s*(?:\d+|this(?:\.\w+)+|\w+(?:\.\w+)*(?=\s*[;)]))\s*[;),\]]*\s*$/;
const dividend = /[\w)\]]\s*$/;
