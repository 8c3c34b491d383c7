/** Expressions without what stands around them and is not computed. */
import type { Expression, Node, SequenceExpression } from '@babel/types';

/** The expression inside parentheses and type assertions. */
export function bare(node: Expression): Expression {
  switch (node.type) {
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
    case 'TSTypeAssertion':
    case 'TSInstantiationExpression':
      return bare(node.expression);
    default:
      return node;
  }
}

/** Numbers, texts and names with commas between them, none of which does anything: what Python takes for a tuple. */
export function isTuple(node: Expression): node is SequenceExpression {
  return node.type === 'SequenceExpression' && node.expressions.every(isValue);
}

function isValue(node: Node): boolean {
  switch (node.type) {
    case 'NumericLiteral':
    case 'StringLiteral':
    case 'BooleanLiteral':
    case 'NullLiteral':
    case 'Identifier':
      return true;
    case 'UnaryExpression':
      return node.operator === '-' && isValue(node.argument);
    case 'MemberExpression':
      return !node.computed && (isValue(node.object) || node.object.type === 'ThisExpression');
    default:
      return false;
  }
}
