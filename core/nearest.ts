/** A name of Python's in camelCase: `num_layers` → `numLayers`, `unsqueeze_` → `unsqueeze`. */
export const camelCase = (name: string): string =>
  name.replace(/(?<!_)_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()).replace(/(?<!_)_+$/, '');

/** What somebody may have meant by a name that is not there: the same one in camelCase, else one that is few letters from it. */
export function nearest(name: string, among: readonly string[]): string | undefined {
  const camel = camelCase(name);
  if (camel !== name && among.includes(camel)) return camel;
  // One letter in three may be wrong.
  let best: string | undefined;
  let least = Math.floor(name.length / 3) + 1;
  for (const other of among) {
    if (other === name || Math.abs(other.length - name.length) >= least) continue;
    const d = distance(name.toLowerCase(), other.toLowerCase());
    // Also that of another case.
    if (d < least) {
      least = d;
      best = other;
    }
  }
  return best;
}

/** Edits from one word to another (Levenshtein 1966); two letters that change places are one (Damerau 1964). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (j > 1 && i > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        next[j] = Math.min(next[j]!, before[j - 2]! + 1);
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}
