/** What the parser refuses and Python would take, in words for somebody who comes from there. */

interface Words {
  readonly message: string;
  readonly hint: string;
  /** Where in the text. */
  readonly offset: number;
}

type Habit = readonly [line: RegExp, message: string, hint: string];

/** Each is found in the line that is refused, or the one before it; the first group, where there is one, is the place. */
const habits: readonly Habit[] = [
  [/^\s*(from)\s+[\w.]+\s+import\b/d, "this is Python's import", "Write import { nn, randn } from 'tensight';"],
  [
    /^\s*(import)\s+[\w.]+(?:\s+as\s+\w+)?(?:\s*,\s*[\w.]+(?:\s+as\s+\w+)?)*\s*;?\s*$/d,
    "this is Python's import",
    "Write import { nn, randn } from 'tensight';",
  ],
  [
    /^\s*((?:async\s+)?def)\s+\w+\s*\(/d,
    "this is Python's def",
    'Write forward(x: Tensor): Tensor { … } in a class, function f(x: Tensor) { … } outside.',
  ],
  [/^\s*(class)\s+\w+\s*\([^)]*\)\s*:/d, "this is Python's class syntax", 'Write class Net extends nn.Module { … }.'],
  [/\b(lambda)\b[\w\s,]*:/d, "this is Python's lambda", 'Write (x) => ….'],
  [/[\w)\]]\s*(@)=?\s*[\w(]/d, 'there is no operator @ for matrix products', 'Write a.matmul(b).'],
  [/(?:^|\})\s*(elif)\b/d, "this is Python's condition syntax", 'Write else if (…) { … }.'],
  [
    /^\s*(if|while)\s+[^(].*:\s*(?:\w+.*)?$/d,
    "this is Python's condition syntax",
    'Write if (…) { … }; not is !, and is &&, or is ||.',
  ],
  [
    /^\s*(for)\s[\w,\s]*\sin\s.*:/d,
    "this is Python's loop syntax",
    'Write for (const x of list) { … }, or for (let i = 0; i < n; i++) { … }.',
  ],
  [
    /^\s*(with)\s+.*:\s*$/d,
    "this is Python's with",
    'Write noGrad(() => { … }) for no_grad(); nothing else needs a with.',
  ],
  [/^\s*(try|except|finally|else)\b[^{]*:\s*$/d, "this is Python's block syntax", 'Write { … } around the block.'],
  [/(?:^|[\s;)])(#)(?!\w+\s*[=(;])/d, '# does not start a comment', 'Write // before it.'],
  [/[\w)\]]\s*(\/\/)\s*\d/d, '// starts a comment', 'Write Math.floor(a / b).'],
  [
    /[\w)\]}]\s(for)\s+\w+(?:\s*,\s*\w+){0,4}\s+in\s/d,
    "this is Python's comprehension",
    'Write list.map((x) => …); of what can be looped over, [...list].map((x) => …).',
  ],
  [
    /\[[^\]]*(\.\.\.)\s*[,\]]/d,
    'there is no ... in brackets',
    'Write x.select(-1, index) for one index of the last axis, x.slice(-1, start, end) for a part of it.',
  ],
  [
    /\[[^\]:]*(:)[^\]]*\]/d,
    'there are no slices in brackets',
    'Write x.slice(dim, start, end); x.select(dim, index) takes one index.',
  ],
  [
    /("{3}|'{3})/d,
    'three quotes do not begin a text here',
    'Write a comment, /** … */, or a text of several lines in backquotes.',
  ],
  [
    /[\w)\]]\s+(is)\s+(?:not\s+)?(?:None|True|False|null|undefined|true|false)\b/d,
    "this is Python's comparison",
    'Write x === undefined, or x !== undefined for is not.',
  ],
  [/[\w)\]]\s+(not\s+in|in)\s+[\w[(].*:\s*$/d, "this is Python's comparison", 'Write list.includes(x).'],
  [
    /^\s*(?:const|let|var)\s+([\w$]+(?:\s*,\s*[\w$]+){1,8})\s*=[^=>]/d,
    'several names are assigned from a list in brackets',
    'Write const [a, b] = …;',
  ],
  [/[(,]\s*(\*{1,2})\s*\w/d, "this is Python's way to pass a list on", 'Write f(...list), or f({ ...options }).'],
  [/(?:\breturn\s|=\s)[^?]*\S\s(if)\s[^?]*\selse\s/d, "this is Python's conditional", 'Write condition ? a : b.'],
  [/^\s*(pass)\s*$/d, "this is Python's pass", 'Leave it out: { } may be empty.'],
  [
    /^\s*(del|raise|assert|global|nonlocal)\s+\w/d,
    "this is Python's statement",
    'Write throw new Error(…) for raise and assert; del and global are not needed.',
  ],
  [/\b(not|and|or)\b\s+\w/d, "this is Python's operator", 'not is !, and is &&, or is ||.'],
  [/\b(f)["']/d, "this is Python's f-string", 'Write the text in backquotes, and a dollar sign before each brace.'],
];

/** What to say in the parser's place about a text that it refused at `offset`. */
export function pythonWords(text: string, offset: number): Words | undefined {
  const start = text.lastIndexOf('\n', Math.max(0, offset - 1)) + 1;
  const before = text.slice(0, Math.max(0, start - 1)).trimEnd();
  const starts = [start, before.lastIndexOf('\n') + 1];
  for (const from of starts) {
    if (from > offset) continue;
    const end = text.indexOf('\n', from);
    const line = text.slice(from, end < 0 ? undefined : end);
    if (line.length > longest) continue;
    const code = line.replaceAll(
      /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`/g,
      (whole) => whole[0]! + ' '.repeat(whole.length - 2) + whole[0]!,
    );
    for (const [pattern, message, hint] of habits) {
      // Only floor division is about what else begins a comment.
      const found = pattern.exec(message.startsWith('//') ? code : code.replace(/\/\/.*$/, ''));
      if (found !== null) return { message, hint, offset: from + (found.indices?.[1]?.[0] ?? found.index) };
    }
  }
  return undefined;
}

/** A line that is longer is no line of somebody's. */
const longest = 500;
