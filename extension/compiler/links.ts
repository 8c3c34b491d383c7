/**
 * A module's imports and exports as a function's body has them. Its own names are handed out as they are (a function that reads
 * each), so they are live and too early where the language's are; a name of another file is read there each time; those of
 * the library, which never change, are constants.
 */
import type { ImportDeclaration, Program, Statement } from '@babel/types';
import type { ExportTable } from '../protocol/engine.ts';
import type { Edits } from './edits.ts';
import { type ImportUse, isErased } from './erase.ts';
import { library } from './imports.ts';
import { everything } from './linking.ts';
import { ranks } from './members.ts';
import { importedName, isAnonymous, nameOf } from './modules.ts';

/** Own exports by name: what each is called here. */
type Locals = ReadonlyMap<string, string>;

/** Takes `import` and `export` out of a text. Returns what own exports are called in it. */
export function eraseLinks(program: Program, edits: Edits): Locals {
  const locals = new Map<string, string>();
  for (const statement of program.body)
    switch (statement.type) {
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
        edits.erase(statement.start!, statement.end!);
        break;
      case 'ExportNamedDeclaration':
        if (statement.declaration == null) {
          edits.erase(statement.start!, statement.end!);
          for (const item of statement.specifiers)
            if (statement.source == null && item.type === 'ExportSpecifier')
              locals.set(nameOf(item.exported), nameOf(item.local));
        } else if (!isErased(statement.declaration as Statement))
          edits.erase(statement.start!, statement.declaration.start!);
        break;
      case 'ExportDefaultDeclaration': {
        const { declaration } = statement;
        if (declaration.type === 'TSDeclareFunction' || declaration.type === 'TSInterfaceDeclaration') break;
        if ('id' in declaration && declaration.id != null && declaration.type.endsWith('Declaration')) {
          edits.erase(statement.start!, declaration.start!);
          locals.set('default', declaration.id.name as string);
          break;
        }
        edits.replace(statement.start!, declaration.start!, 'const __default = ');
        // Its name is `default`, as the language gives it.
        if (declaration.type === 'ClassDeclaration' || isAnonymous(declaration))
          edits.around(declaration.start!, declaration.end!, ranks.module, '{ default: ', ' }.default');
        locals.set('default', '__default');
        break;
      }
    }
  return locals;
}

/** The code before a module's own, without a line break, and its imports that are left. */
export function link(
  imports: readonly ImportDeclaration[],
  reads: ReadonlyMap<string, readonly ImportUse[]>,
  locals: Locals,
  { own }: ExportTable,
  edits: Edits,
): { readonly head: string; readonly imports: readonly ImportDeclaration[] } {
  const left: ImportDeclaration[] = [];
  const links: string[] = [];
  for (const declaration of imports) {
    const specifiers = declaration.specifiers.filter((item) => isUsed(item, reads));
    if (declaration.importKind === 'type' || (specifiers.length === 0 && declaration.specifiers.length > 0)) continue;
    left.push({ ...declaration, specifiers });
    links.push(bind({ ...declaration, specifiers }, left.length, reads, edits));
  }
  const exported = Object.keys(own).map((name) => {
    const local = locals.get(name) ?? name;
    return `[${JSON.stringify(name)}]: { get: () => ${local}, enumerable: true }`;
  });
  if (exported.length > 0) links.unshift(`Object.defineProperties(exports, { ${exported.join(', ')} });`);
  return { head: ['"use strict";', ...links, 'yield; '].join(' '), imports: left };
}

function isUsed(
  item: ImportDeclaration['specifiers'][number],
  reads: ReadonlyMap<string, readonly ImportUse[]>,
): boolean {
  return !(item.type === 'ImportSpecifier' && item.importKind === 'type') && reads.get(item.local.name)?.length !== 0;
}

function bind(
  { source, specifiers }: ImportDeclaration,
  count: number,
  reads: ReadonlyMap<string, readonly ImportUse[]>,
  edits: Edits,
): string {
  const required = `require(${JSON.stringify(source.value)})`;
  const constants: string[] = [];
  const pairs: string[] = [];
  const module = `__module${count}`;
  let isRead = false;
  for (const item of specifiers) {
    const name = importedName(item);
    const local = item.local.name;
    if (name === everything) constants.push(`${local} = ${required}`);
    else if (source.value === library) pairs.push(`${JSON.stringify(name)}: ${local}`);
    else {
      isRead = true;
      const place = `${module}[${JSON.stringify(name)}]`;
      for (const read of reads.get(local) ?? [])
        replace(read, isIdentifier.test(name) ? `${module}.${name}` : place, edits);
    }
  }
  if (pairs.length > 0) constants.push(`{ ${pairs.join(', ')} } = ${required}`);
  if (isRead) constants.push(`${module} = ${required}`);
  return constants.length === 0 ? `${required};` : `const ${constants.join(', ')};`;
}

const isIdentifier = /^[A-Za-z_$][\w$]*$/;

function replace({ node, called }: ImportUse, place: string, edits: Edits): void {
  edits.replace(node.start!, node.end!, called ? `(0, ${place})` : place);
}
