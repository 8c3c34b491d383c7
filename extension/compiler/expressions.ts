import type {
  AssignmentExpression,
  Class,
  Expression,
  Function as FunctionNode,
  MemberExpression,
  NewExpression,
  Node,
  OptionalCallExpression,
  OptionalMemberExpression,
} from '@babel/types';
import type { Site, SiteArgument } from '../../core/trace/trace.ts';
import { bare, isTuple } from './bare.ts';
import { type Bindings, isOperation, isPlain } from './bindings.ts';
import type { Marks } from './marks.ts';
import { keyName, plainCallee } from './names.ts';
import {
  checkPattern,
  checkProperty,
  checkTag,
  checkVariable,
  isTypeCast,
  refuseAnnotation,
  refuseCommonJs,
  refuseImport,
  refuseImportMeta,
  refuseIndices,
  refuseTopLevelAwait,
} from './refusedExpressions.ts';

/** Members that are never tensors. */
const plainMembers: ReadonlySet<string> = new Set(['length', 'ndim', 'numel', 'dtype', 'name']);

/** Puts probes around expressions; what instrument.ts says always holds is held here. */
export abstract class ExpressionWalker {
  protected functionDepth = 0;
  /** What a function or class without a name is assigned to. */
  protected nameHint: string | undefined;

  constructor(
    protected readonly marks: Marks,
    protected readonly bindings: Bindings,
  ) {}

  protected abstract function(node: FunctionNode, name: string | undefined): void;
  protected abstract class(node: Class, name: string | undefined): void;

  /** Around an expression that may fail. */
  #around(node: Expression, inside: () => void): void {
    this.marks.wrap(node, 'leave', this.marks.site(node.start!, node.end!, 'expression'));
    inside();
  }

  /** Where the arguments of `new …(…)` stand. What comes after a spread has no place that is known. */
  #argumentsOf({ arguments: list }: NewExpression): readonly SiteArgument[] {
    const spread = list.findIndex(({ type }) => type === 'SpreadElement');
    return (spread < 0 ? list : list.slice(0, spread)).flatMap((argument) => {
      if (argument.type !== 'ObjectExpression') return [this.marks.argument(argument)];
      return argument.properties.flatMap((property) => {
        if (property.type !== 'ObjectProperty' || property.computed || property.shorthand) return [];
        const name = keyName(property.key as Expression, false);
        return name === undefined ? [] : [this.marks.argument(property.value, name)];
      });
    });
  }

  /** Around an expression that is only read. */
  #around1(node: Expression, inside: () => void): void {
    this.marks.wrap(node, 'see', this.marks.site(node.start!, node.end!, 'expression'));
    inside();
  }

  /** A value that is bound to a name: the name gets the value, too. */
  protected bound(name: { readonly start: number; readonly end: number }, kind: Site['kind'], value: Expression): void {
    if (!isPlain(value)) this.marks.wrap(value, 'see', this.marks.site(name.start, name.end, kind));
    this.expression(value);
  }

  /** What decides which way the program goes. What an operation gives is no answer: it is an object, and always true. */
  protected condition(node: Expression): void {
    const inner = bare(node);
    if (inner.type === 'LogicalExpression' && inner.operator !== '??') {
      this.condition(inner.left);
      return this.condition(inner.right);
    }
    this.#decides(node, 'true');
  }

  #decides(node: Expression, decides: NonNullable<Site['decides']>): void {
    const inner = bare(node);
    if (isOperation(inner) || (inner.type === 'Identifier' && this.bindings.results.has(inner.name)))
      this.marks.wrap(inner, 'see', this.marks.site(inner.start!, inner.end!, 'expression', { decides }));
    this.expression(node);
  }

  /** An expression whose value is used. */
  expression(node: Expression): void {
    if (isTypeCast(node)) return refuseAnnotation(node, this.marks);
    switch (node.type) {
      case 'Identifier':
        if (this.bindings.tensors.has(node.name)) this.#around1(node, () => {});
        else refuseCommonJs(node, this.marks, this.bindings);
        return;
      case 'ParenthesizedExpression':
        // Nothing is computed of it but its last value: core/trace/remarks.ts says so.
        if (isTuple(node.expression)) this.marks.site(node.start!, node.end!, 'expression', { tuple: true });
        return this.expression(node.expression);
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'TSNonNullExpression':
      case 'TSTypeAssertion':
        return this.expression(node.expression);
      case 'TSInstantiationExpression':
        return this.#callee(node.expression);
      case 'MemberExpression':
        if (!this.#mayHoldTensor(node)) return this.#memberParts(node);
        return this.#around1(node, () => this.#memberParts(node));
      case 'OptionalMemberExpression':
        return this.#around1(node, () => this.#chain(node));
      case 'OptionalCallExpression':
        return this.#around(node, () => this.#chain(node));
      case 'CallExpression': {
        if (node.callee.type === 'Super') return this.#arguments(node.arguments);
        if (node.callee.type === 'Import') return refuseImport(node, this.marks);
        node.callee = plainCallee(node.callee as Expression);
        const { callee } = node;
        return this.#around(node, () => {
          this.#callee(callee);
          this.#arguments(node.arguments);
        });
      }
      case 'ImportExpression':
        return refuseImport(node, this.marks);
      case 'NewExpression':
        this.marks.wrap(
          node,
          'leave',
          this.marks.site(node.start!, node.end!, 'expression', { arguments: this.#argumentsOf(node) }),
        );
        this.constructed(node.callee as Expression);
        return this.#arguments(node.arguments);
      case 'TaggedTemplateExpression':
        if (node.tag.type === 'Identifier') checkTag(node.tag, this.marks, this.bindings);
        node.tag = plainCallee(node.tag);
        return this.#around(node, () => {
          this.#callee(node.tag);
          for (const item of node.quasi.expressions) this.expression(item as Expression);
        });
      case 'AwaitExpression':
        if (this.functionDepth === 0) refuseTopLevelAwait(node, this.marks);
        return this.#around1(node, () => this.expression(node.argument));
      case 'YieldExpression':
        if (node.argument) this.expression(node.argument);
        return;
      case 'AssignmentExpression':
        return this.#assignment(node);
      case 'SequenceExpression':
        for (const item of node.expressions) this.expression(item);
        return;
      case 'ConditionalExpression':
        this.condition(node.test);
        this.expression(node.consequent);
        return this.expression(node.alternate);
      case 'LogicalExpression':
        if (node.operator === '??') this.expression(node.left);
        else this.condition(node.left);
        return this.expression(node.right);
      case 'BinaryExpression': {
        const { left, right } = node;
        const isEquality = (node.operator === '===' || node.operator === '!==') && left.type !== 'PrivateName';
        if (isEquality && isLiteral(right)) return this.#decides(left, 'equal');
        if (isEquality && isLiteral(left)) return this.#decides(right, 'equal');
        if (left.type !== 'PrivateName') this.expression(left);
        return this.expression(right);
      }
      case 'UnaryExpression':
        if (node.operator === 'delete') return this.#deleted(node.argument);
        if (node.operator === '!') return this.condition(node.argument);
        if (node.operator === 'typeof' && bare(node.argument).type === 'Identifier') return;
        return this.expression(node.argument);
      case 'UpdateExpression':
        return this.target(node.argument);
      case 'ArrayExpression':
        for (const item of node.elements)
          if (item) this.expression(item.type === 'SpreadElement' ? item.argument : item);
        return;
      case 'ObjectExpression':
        for (const property of node.properties) this.#property(property);
        return;
      case 'TemplateLiteral':
        for (const item of node.expressions) this.expression(item as Expression);
        return;
      case 'RegExpLiteral':
        return checkPattern(node, this.marks);
      case 'ArrowFunctionExpression':
        return this.function(node, this.nameHint);
      case 'FunctionExpression':
        return this.function(node, node.id?.name ?? this.nameHint);
      case 'ClassExpression':
        return this.class(node, node.id?.name ?? this.nameHint);
    }
    if (node.type === 'MetaProperty' && node.meta.name === 'import') refuseImportMeta(node, this.marks);
    // Literals, this, super, new.target: nothing to see.
  }

  #arguments(items: readonly Node[]): void {
    this.nameHint = undefined;
    for (const item of items) this.expression((item.type === 'SpreadElement' ? item.argument : item) as Expression);
  }

  #property(property: Extract<Expression, { type: 'ObjectExpression' }>['properties'][number]): void {
    switch (property.type) {
      case 'SpreadElement':
        return this.expression(property.argument);
      case 'ObjectMethod':
        if (property.computed) this.expression(property.key as Expression);
        return this.function(property, keyName(property.key, property.computed));
      case 'ObjectProperty': {
        checkProperty(property, this.marks);
        const { key, value } = property;
        if (property.computed) this.expression(key as Expression);
        if (property.shorthand) {
          if (value.type !== 'Identifier' || value.name === '__proto__') return;
          return this.expression(value);
        }
        const outer = this.nameHint;
        this.nameHint = keyName(key, property.computed);
        this.expression(value as Expression);
        this.nameHint = outer;
      }
    }
  }

  #assignment(node: AssignmentExpression): void {
    this.target(node.left);
    const binds = ['=', '??=', '||=', '&&='].includes(node.operator);
    const left = node.left.type.endsWith('Pattern') ? undefined : bare(node.left as Expression);
    if (!binds || left === undefined) return this.expression(node.right);
    if (left.type === 'Identifier') {
      this.nameHint = left.name;
      this.bound({ start: left.start!, end: left.end! }, 'declaration', node.right);
      this.nameHint = undefined;
    } else if (left.type === 'MemberExpression' && !left.computed) {
      const ofThis = left.object.type === 'ThisExpression';
      const name = ofThis ? left.property : left;
      this.bound({ start: name.start!, end: name.end! }, ofThis ? 'field' : 'declaration', node.right);
    } else this.expression(node.right);
  }

  /** What is written to: only the expressions inside it are read. */
  target(node: Node): void {
    if (isTypeCast(node)) return refuseAnnotation(node, this.marks);
    switch (node.type) {
      case 'Identifier':
        return checkVariable(node, this.marks);
      case 'MemberExpression':
        return this.#memberParts(node);
      case 'ObjectPattern':
        for (const property of node.properties) {
          if (property.type === 'RestElement') this.target(property.argument);
          else {
            checkProperty(property, this.marks);
            if (property.computed) this.expression(property.key as Expression);
            this.target(property.value);
          }
        }
        return;
      case 'ArrayPattern':
        for (const element of node.elements) if (element) this.target(element);
        return;
      case 'AssignmentPattern':
        this.target(node.left);
        return this.expression(node.right);
      case 'RestElement':
        return this.target(node.argument);
      case 'ParenthesizedExpression':
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'TSNonNullExpression':
      case 'TSTypeAssertion':
        return this.target(node.expression);
    }
  }

  #memberParts(node: MemberExpression): void {
    if (node.object.type !== 'Super') this.expression(node.object);
    if (!node.computed) return;
    const index = node.property as Expression;
    if (isTuple(index)) refuseIndices(index, this.marks);
    this.expression(index);
  }

  /** A callee keeps its `this`: only what stands before its last dot is wrapped. */
  #callee(around: Expression): void {
    const node = bare(around);
    switch (node.type) {
      case 'Identifier':
        return refuseCommonJs(node, this.marks, this.bindings);
      case 'MemberExpression':
        return this.#memberParts(node);
      case 'OptionalMemberExpression':
        return this.#chain(node);
      default:
        return this.expression(node);
    }
  }

  /** `new a.b.C()`: a call inside would end the callee early, so nothing outside brackets is wrapped. */
  protected constructed(node: Expression): void {
    switch (node.type) {
      case 'MemberExpression':
        if (node.object.type !== 'Super') this.constructed(node.object);
        if (node.computed) this.expression(node.property as Expression);
        return;
      case 'ParenthesizedExpression':
        return this.#callee(node.expression);
      case 'ClassExpression':
      case 'FunctionExpression':
      case 'MetaProperty':
        return this.expression(node);
    }
  }

  #deleted(node: Expression): void {
    const inner = bare(node);
    if (inner.type === 'OptionalMemberExpression' || inner.type === 'OptionalCallExpression') this.#chain(inner);
    else if (inner.type === 'MemberExpression') this.#memberParts(inner);
    else if (inner.type !== 'Identifier') this.expression(inner);
  }

  /** Inside an optional chain nothing is wrapped but arguments, indices and what the chain starts from. */
  #chain(node: OptionalMemberExpression | OptionalCallExpression): void {
    if (node.type === 'OptionalMemberExpression') {
      this.#chainLink(node.object, false);
      if (node.computed) this.expression(node.property as Expression);
    } else {
      node.callee = plainCallee(node.callee);
      this.#chainLink(node.callee, true);
      this.#arguments(node.arguments);
    }
  }

  #chainLink(node: Expression, called: boolean): void {
    switch (node.type) {
      case 'OptionalMemberExpression':
      case 'OptionalCallExpression':
        return this.#chain(node);
      case 'TSNonNullExpression':
        return this.#chainLink(node.expression, called);
      default:
        return called ? this.#callee(node) : this.expression(node);
    }
  }

  /** Whether a member is worth recording: not a property of a library or a global (`nn.functional`, `Math.PI`). */
  #mayHoldTensor(node: MemberExpression): boolean {
    if (!node.computed && node.property.type === 'Identifier' && plainMembers.has(node.property.name)) return false;
    let root: Node = node.object;
    while (root.type === 'MemberExpression') root = root.object;
    return root.type !== 'Identifier' || this.bindings.tensors.has(root.name) || this.bindings.classes.has(root.name);
  }
}

/** A number, a text or a truth value, as it is written. */
function isLiteral(node: Node): boolean {
  if (node.type === 'UnaryExpression' && node.operator === '-') return node.argument.type === 'NumericLiteral';
  return node.type === 'NumericLiteral' || node.type === 'StringLiteral' || node.type === 'BooleanLiteral';
}
