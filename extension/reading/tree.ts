/**
 * The module tree as it ran: modules under their owners, in the order of their first call, and between them the operations
 * that an owner's `forward` did itself. Modules that were never called (containers, or what an error kept from running)
 * keep their place by definition.
 */
import type { ModelTrace } from '../../core/trace/trace.ts';

export interface TreeNode {
  /** Stable over runs: the module's path; an operation's owner and number. */
  readonly key: string;
  readonly kind: 'module' | 'op';
  readonly label: string;
  readonly className: string;
  readonly module: number;
  /** First call of the module. */
  readonly call?: number;
  readonly op?: number;
  readonly children: readonly TreeNode[];
  /** Of it and all below: equal where two blocks look the same. */
  readonly signature: string;
}

const never = Number.POSITIVE_INFINITY;

export function buildTree(model: ModelTrace): TreeNode | undefined {
  const root = model.modules[0];
  if (root === undefined) return undefined;
  const children: number[][] = model.modules.map(() => []);
  for (const module of model.modules) if (module.parent !== undefined) children[module.parent]?.push(module.id);
  const opsOf = new Map<number, number[]>();
  model.ops.forEach((op, id) => {
    if (op.call === undefined) return;
    const list = opsOf.get(op.call);
    if (list === undefined) opsOf.set(op.call, [id]);
    else list.push(id);
  });

  const build = (id: number, seen: number): { node: TreeNode; at: number } | undefined => {
    const module = model.modules[id];
    if (module === undefined || seen > 1000) return undefined;
    const own = module.calls[0];
    const below = (children[id] ?? []).flatMap((child) => build(child, seen + 1) ?? []);
    const ops = own === undefined ? [] : (opsOf.get(own) ?? []);
    const entries = [
      ...below.map(({ node, at }) => ({ node, at })),
      ...ops.map((op, nth) => ({ node: opNode(model, op, module.path, id, nth), at: op })),
    ];
    // A call stands before the operation that ran next when it was called.
    entries.sort((a, b) => (a.at === b.at ? Number(a.node.kind === 'op') - Number(b.node.kind === 'op') : a.at - b.at));
    const at =
      own === undefined ? Math.min(never, ...below.map((child) => child.at)) : (model.calls[own]?.firstOp ?? never);
    const nodes = entries.map((entry) => entry.node);
    const call = own === undefined ? undefined : model.calls[own];
    const node: TreeNode = {
      key: module.path === '' ? '·' : module.path,
      kind: 'module',
      label: module.name === '' ? model.name : module.name,
      className: module.className,
      module: id,
      ...(own === undefined ? {} : { call: own }),
      children: nodes,
      signature: [
        module.className,
        module.detail ?? '',
        module.parameters,
        call === undefined ? '' : call.flops,
        nodes.map((child) => (child.kind === 'op' ? child.label : child.signature)).join(','),
      ].join('|'),
    };
    return { node, at };
  };
  return build(0, 0)?.node;
}

function opNode(model: ModelTrace, id: number, owner: string, module: number, nth: number): TreeNode {
  const name = model.ops[id]?.name ?? 'op';
  return {
    key: `${owner}#${nth}`,
    kind: 'op',
    label: name,
    className: '',
    module,
    op: id,
    children: [],
    signature: name,
  };
}
