import type { Node } from '@babel/types';
import type { Range } from '../../core/trace/trace.ts';
import { eachChild } from '../compiler/bindings.ts';
import { nestedTooDeeply } from '../compiler/nesting.ts';
import { isOverflow, parseSource } from '../compiler/parse.ts';
import { LineIndex } from '../compiler/text.ts';

/** A class, a `forward` or a `defineModel(...)`, where the text has it, whether or not it ever ran. */
export interface OutlineItem {
  readonly kind: 'class' | 'forward' | 'defineModel';
  /** The class's name; for a `defineModel` the export's (`default`), where it is one. */
  readonly name: string;
  readonly file: string;
  /** Of the name, or of `defineModel`. */
  readonly range: Range;
}

/** What a lens can stand on. Throws SourceSyntaxError where the text can't be parsed. */
export function outline(file: string, text: string): OutlineItem[] {
  const lines = new LineIndex(text);
  const items: OutlineItem[] = [];
  const add = (kind: OutlineItem['kind'], name: string, node: Node) =>
    items.push({ kind, name, file, range: lines.range(node.start!, node.end!) });

  const visit = (node: Node, name: string): void => {
    switch (node.type) {
      case 'ExportDefaultDeclaration':
        return eachChild(node, (child) => visit(child, 'default'));
      case 'VariableDeclarator':
        return eachChild(node, (child) => visit(child, node.id.type === 'Identifier' ? node.id.name : name));
      case 'ClassDeclaration':
      case 'ClassExpression': {
        const className = node.id?.name ?? name;
        if (node.superClass != null && className !== '') {
          if (node.id) add('class', className, node.id);
          for (const member of node.body.body)
            if (member.type === 'ClassMethod' && member.key.type === 'Identifier' && member.key.name === 'forward')
              add('forward', className, member.key);
        }
        return eachChild(node.body, (child) => visit(child, ''));
      }
      case 'CallExpression':
        if (node.callee.type === 'Identifier' && node.callee.name === 'defineModel')
          add('defineModel', name, node.callee);
    }
    eachChild(node, (child) => visit(child, name));
  };
  try {
    visit(parseSource(text).program, '');
  } catch (error) {
    throw isOverflow(error) ? nestedTooDeeply(text) : error;
  }
  return items;
}
