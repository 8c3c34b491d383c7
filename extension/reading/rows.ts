/** The tree as a flat list of the rows that are open: what the virtual list counts, and arrow keys walk along. */
import type { TreeNode } from './tree.ts';

export interface Row {
  readonly node: TreeNode;
  readonly key: string;
  readonly depth: number;
  /** Has rows below it that can be shown. */
  readonly expandable: boolean;
  readonly expanded: boolean;
  /** Row of the owner; −1 for the first. */
  readonly parent: number;
  /** Equal siblings folded into this row, itself included. */
  readonly repeat: number;
  /** Last of the folded siblings. */
  readonly lastLabel?: string;
  /** Only here because something below it matches. */
  readonly path: boolean;
  readonly setSize: number;
  readonly position: number;
}

export interface RowOptions {
  /** What was opened (true) or closed (false) by hand. */
  readonly toggled: ReadonlyMap<string, boolean>;
  /** How deep the tree is open where nothing was toggled. */
  readonly openDepth: number;
  readonly operations: boolean;
  readonly foldRepeats: boolean;
  readonly filter: string;
}

export interface Rows {
  readonly rows: readonly Row[];
  /** Rows that match the filter, of all there are. */
  readonly matching: number;
  readonly total: number;
}

export function flatten(root: TreeNode | undefined, options: RowOptions): Rows {
  const rows: Row[] = [];
  let total = 0;
  let matching = 0;
  if (root === undefined) return { rows, matching, total };
  const filter = options.filter.trim().toLowerCase();
  const hit = new Map<TreeNode, 'self' | 'below'>();
  const count = (node: TreeNode): boolean => {
    if (node.kind === 'op' && !options.operations) return false;
    total++;
    const self = filter === '' || matches(node, filter);
    if (self) matching++;
    let below = false;
    for (const child of node.children) below = count(child) || below;
    if (self) hit.set(node, 'self');
    else if (below) hit.set(node, 'below');
    return self || below;
  };
  count(root);

  const add = (
    node: TreeNode,
    depth: number,
    parent: number,
    place: Pick<Row, 'repeat' | 'setSize' | 'position'> & { lastLabel?: string },
  ): void => {
    const children = node.children.filter((child) => hit.has(child));
    const open = options.toggled.get(node.key) ?? (filter !== '' || depth < options.openDepth);
    const expandable = children.length > 0;
    const index = rows.length;
    rows.push({
      node,
      key: node.key,
      depth,
      expandable,
      expanded: expandable && open,
      parent,
      path: hit.get(node) === 'below',
      ...place,
    });
    if (!expandable || !open) return;
    const runs =
      options.foldRepeats && filter === '' ? repeats(children, options.toggled) : children.map((child) => [child]);
    runs.forEach((run, position) => {
      const [first] = run;
      if (first === undefined) return;
      const last = run.length > 1 ? { lastLabel: run.at(-1)?.label ?? '' } : {};
      add(first, depth + 1, index, { repeat: run.length, setSize: runs.length, position: position + 1, ...last });
    });
  };
  add(root, 0, -1, { repeat: 1, setSize: 1, position: 1 });
  return { rows, matching, total };
}

/** Neighbours that look the same, together; a run that was unfolded by hand stays apart. */
function repeats(nodes: readonly TreeNode[], toggled: ReadonlyMap<string, boolean>): TreeNode[][] {
  const runs: TreeNode[][] = [];
  for (const node of nodes) {
    const run = runs.at(-1);
    const first = run?.[0];
    const same =
      first !== undefined &&
      first.kind === 'module' &&
      node.kind === 'module' &&
      first.signature === node.signature &&
      node.children.length > 0;
    if (same && toggled.get(`×${first.key}`) !== true) run?.push(node);
    else runs.push([node]);
  }
  return runs;
}

function matches(node: TreeNode, filter: string): boolean {
  return (
    node.label.toLowerCase().includes(filter) ||
    node.className.toLowerCase().includes(filter) ||
    (node.kind === 'module' && node.key.toLowerCase().includes(filter))
  );
}

/** Opens what must be open for a row to be seen. */
export function reveal(toggled: ReadonlyMap<string, boolean>, path: string): ReadonlyMap<string, boolean> {
  const next = new Map(toggled);
  next.set('·', true);
  const parts = path.split('.');
  for (let i = 1; i < parts.length; i++) next.set(parts.slice(0, i).join('.'), true);
  return next;
}

/** How deep to open at first so that the tree is informative and fits: the deepest level with at most `limit` rows. */
export function fittingDepth(root: TreeNode | undefined, limit: number): number {
  let level: readonly TreeNode[] = root === undefined ? [] : [root];
  let rows = level.length;
  for (let depth = 0; level.length > 0; depth++) {
    level = level.flatMap((node) => node.children.filter((child) => child.kind === 'module'));
    rows += level.length;
    if (rows > limit) return Math.max(1, depth);
  }
  return 99;
}
