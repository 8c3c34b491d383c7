import type { Expression, Identifier, Node, PatternLike, TSType, VariableDeclarator } from '@babel/types';
import { tensorFunctions } from '../../core/usage/functions.ts';
import { methods } from '../../core/usage/methods.ts';
import { bare } from './bare.ts';
import { calledName } from './names.ts';

/** Keys that hold positions or types, never code that runs. */
const notCode = new Set([
  'type',
  'start',
  'end',
  'loc',
  'extra',
  'errors',
  'comments',
  'tokens',
  'typeAnnotation',
  'typeParameters',
  'typeArguments',
  'returnType',
  'superTypeParameters',
  'implements',
]);

/** Calls `visit` with every node directly below that may run. */
export function eachChild(node: Node, visit: (child: Node) => void): void {
  for (const key in node) {
    const value: unknown = node[key as keyof Node];
    if (typeof value !== 'object' || value === null || notCode.has(key)) continue;
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) visit(item);
    } else if (isNode(value)) visit(value);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** Whether a value can be seen to be no tensor, module or holder of them: a number, a text, a function, a class. */
export function isPlain(node: Expression): boolean {
  const inner = bare(node);
  switch (inner.type) {
    case 'NumericLiteral':
    case 'StringLiteral':
    case 'BooleanLiteral':
    case 'NullLiteral':
    case 'BigIntLiteral':
    case 'RegExpLiteral':
    case 'TemplateLiteral':
    case 'UnaryExpression':
    case 'BinaryExpression':
    case 'UpdateExpression':
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
    case 'ClassExpression':
      return true;
    case 'Identifier':
      return inner.name === 'undefined';
    case 'ConditionalExpression':
      return isPlain(inner.consequent) && isPlain(inner.alternate);
    default:
      return false;
  }
}

/** Whether a declared type rules tensors out. */
function isPlainType(type: TSType): boolean {
  switch (type.type) {
    case 'TSNumberKeyword':
    case 'TSStringKeyword':
    case 'TSBooleanKeyword':
    case 'TSBigIntKeyword':
    case 'TSNullKeyword':
    case 'TSUndefinedKeyword':
    case 'TSVoidKeyword':
    case 'TSLiteralType':
    case 'TSFunctionType':
      return true;
    case 'TSUnionType':
      return type.types.every(isPlainType);
    default:
      return false;
  }
}

export function hasPlainType(pattern: { readonly typeAnnotation?: Node | null | undefined }): boolean {
  const annotation = pattern.typeAnnotation;
  return annotation?.type === 'TSTypeAnnotation' && isPlainType(annotation.typeAnnotation);
}

/** Names bound by a pattern, in order. */
export function boundNames(pattern: Node | null, out: Identifier[] = []): Identifier[] {
  switch (pattern?.type) {
    case 'Identifier':
      out.push(pattern);
      break;
    case 'ObjectPattern':
      for (const p of pattern.properties) boundNames(p.type === 'RestElement' ? p.argument : p.value, out);
      break;
    case 'ArrayPattern':
      for (const element of pattern.elements) boundNames(element, out);
      break;
    case 'AssignmentPattern':
      boundNames(pattern.left, out);
      break;
    case 'RestElement':
      boundNames(pattern.argument, out);
      break;
    case 'TSParameterProperty':
      boundNames(pattern.parameter, out);
      break;
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
    case 'TSNonNullExpression':
    case 'TSSatisfiesExpression':
    case 'TSTypeAssertion':
      boundNames(pattern.expression, out);
      break;
  }
  return out;
}

/**
 * Which names of a file may hold a tensor. By name, without scopes: reading a value through a probe changes nothing, so one
 * wrapper too many is only time, and the walk stays one pass.
 */
export interface Bindings {
  /** Worth recording when read. */
  readonly tensors: ReadonlySet<string>;
  /** Classes, whose static members are worth recording. */
  readonly classes: ReadonlySet<string>;
  /** Declared in this file, whatever it holds. */
  readonly declared: ReadonlySet<string>;
  /** Constants that hold what an operation gives, and nothing else by that name in this file. */
  readonly results: ReadonlySet<string>;
}

/** Operations, functions or methods: what they give is a tensor, wherever a tensor can be. A list has at() as well. */
const operations: ReadonlySet<string | undefined> = new Set(
  [...Object.keys(tensorFunctions), ...Object.keys(methods), 'var'].filter((name) => name !== 'at'),
);

export const isOperation = (node: Node): boolean =>
  node.type === 'CallExpression' && operations.has(calledName(node.callee));

export function findBindings(root: Node): Bindings {
  const tensors = new Set<string>();
  const classes = new Set<string>();
  const declared = new Set<string>();
  const results = new Set<string>();
  const seen = new Set<string>();

  const bind = (pattern: PatternLike | Node, plain: boolean) => {
    const plainType = 'typeAnnotation' in pattern && hasPlainType(pattern);
    for (const { name } of boundNames(pattern)) {
      declared.add(name);
      if (seen.has(name)) results.delete(name);
      seen.add(name);
      if (!plain && !plainType) tensors.add(name);
    }
  };
  const parameter = (pattern: Node) => {
    if (pattern.type === 'TSParameterProperty') return parameter(pattern.parameter);
    if (pattern.type === 'AssignmentPattern') {
      const plain = pattern.left.type === 'Identifier' && (hasPlainType(pattern.left) || isLiteral(pattern.right));
      return bind(pattern.left, plain);
    }
    bind(pattern, false);
  };

  const visit = (node: Node): void => {
    switch (node.type) {
      case 'VariableDeclarator':
        if (node.id.type === 'VoidPattern') break;
        if (isResult(node) && !seen.has(node.id.name)) {
          bind(node.id, false);
          results.add(node.id.name);
        } else bind(node.id, node.id.type === 'Identifier' && node.init != null && isPlain(node.init));
        break;
      case 'AssignmentExpression':
        if (node.operator.length < 3 && node.operator !== '=') break;
        for (const { name } of boundNames(node.left)) {
          seen.add(name);
          results.delete(name);
          if (node.left.type !== 'Identifier' || !isPlain(node.right)) tensors.add(name);
        }
        break;
      case 'ForOfStatement':
        for (const { name } of boundNames(node.left)) tensors.add(name);
        if (node.left.type === 'VariableDeclaration')
          for (const { id } of node.left.declarations) if (id.type !== 'VoidPattern') bind(id, false);
        break;
      case 'ImportDeclaration':
        for (const { local } of node.specifiers) {
          declared.add(local.name);
          if (node.source.value.startsWith('.')) tensors.add(local.name);
        }
        return;
      case 'ClassDeclaration':
        if (node.id) {
          declared.add(node.id.name);
          classes.add(node.id.name);
        }
        break;
    }
    if ('params' in node && Array.isArray(node.params)) {
      if ('id' in node && node.id?.type === 'Identifier') declared.add(node.id.name);
      for (const item of node.params) parameter(item as Node);
    }
    if (!node.type.startsWith('TS') || 'expression' in node || node.type === 'TSParameterProperty')
      eachChild(node, visit);
  };
  visit(root);
  return { tensors, classes, declared, results };
}

/** `const f = x.any()`, with no type that says more: a variable may be assigned to, which takes it out again. */
function isResult(node: VariableDeclarator): node is VariableDeclarator & { readonly id: Identifier } {
  return node.id.type === 'Identifier' && !node.id.typeAnnotation && node.init != null && isOperation(bare(node.init));
}

function isLiteral(node: Expression): boolean {
  const inner = bare(node);
  return (
    inner.type === 'NumericLiteral' ||
    inner.type === 'StringLiteral' ||
    inner.type === 'BooleanLiteral' ||
    inner.type === 'TemplateLiteral' ||
    inner.type === 'UnaryExpression'
  );
}
