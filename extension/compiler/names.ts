/** Names in a syntax tree: of what is called, and of keys. */
import type { Expression, Node } from '@babel/types';
import { bare } from './bare.ts';

/** `gt`, of `x.gt` and of `gt`. */
export function calledName(callee: Node): string | undefined {
  if (callee.type === 'Identifier') return callee.name;
  return callee.type === 'MemberExpression' && !callee.computed && callee.property.type === 'Identifier'
    ? callee.property.name
    : undefined;
}

/** A name that is called without the parentheses and types around it, so that it is seen to have no receiver. */
export function plainCallee(node: Expression): Expression {
  const inner = bare(node);
  return inner.type === 'Identifier' ? inner : node;
}

export function keyName(key: Node, computed: boolean): string | undefined {
  if (computed) return undefined;
  if (key.type === 'Identifier') return key.name;
  if (key.type === 'StringLiteral') return key.value;
  if (key.type === 'PrivateName') return `#${key.id.name}`;
  return undefined;
}
