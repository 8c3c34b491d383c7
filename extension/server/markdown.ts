/** Markdown that says what it is given: nothing in a name, a token or a message can break out of it. */

export function code(text: string): string {
  const ticks = '`'.repeat(Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)) + 1);
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${ticks}${pad}${text.replace(/\s+/g, ' ')}${pad}${ticks}`;
}

export function plain(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+!|<>~&$-]/g, '\\$&').replace(/\s+/g, ' ');
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Lists stay together, everything else is a paragraph. */
export function blocks(lines: readonly string[]): string {
  let text = '';
  let inList = false;
  for (const line of lines.filter((one) => one !== '')) {
    const item = line.startsWith('- ');
    if (text !== '') text += inList && item ? '\n' : '\n\n';
    text += line;
    inList = item;
  }
  return text;
}
