/** Parts of classes that TypeScript has and JavaScript has not (yet), or has in another order. */
import type { Class, ClassBody, Expression } from '@babel/types';

type Member = ClassBody['body'][number];

/** Whether a class has anything that `plainClass` changes. */
export function isTypeScriptClass({ body }: Class): boolean {
  return body.body.some(
    (member) =>
      member.type === 'ClassAccessorProperty' ||
      (member.type === 'ClassMethod' && member.params.some(({ type }) => type === 'TSParameterProperty')),
  );
}

/**
 * Declares parameter properties as fields, first of all, as TypeScript does; makes of `accessor x = 1` a private field with a
 * getter and a setter.
 */
export function plainClass(node: Class): void {
  const fields: Member[] = [];
  for (const member of node.body.body) {
    if (member.type !== 'ClassMethod') continue;
    for (const item of member.params) {
      if (item.type !== 'TSParameterProperty') continue;
      const pattern = item.parameter.type === 'AssignmentPattern' ? item.parameter.left : item.parameter;
      if (pattern.type === 'Identifier') fields.push(field({ type: 'Identifier', name: pattern.name }, null, false));
    }
  }
  let count = 0;
  const members = node.body.body.flatMap((member): Member[] => {
    if (member.type !== 'ClassAccessorProperty') return [member];
    const storage = () => ({ type: 'PrivateName', id: { type: 'Identifier', name: `__accessor${count}` } });
    const own = field(storage(), member.value ?? null, member.static === true, 'ClassPrivateProperty');
    const held = () => ({
      type: 'MemberExpression',
      object: { type: 'ThisExpression' },
      property: storage(),
      computed: false,
    });
    const value = { type: 'Identifier', name: 'value' };
    const assign = { type: 'AssignmentExpression', operator: '=', left: held(), right: value };
    const getter = method(member, 'get', [], { type: 'ReturnStatement', argument: held() });
    const setter = method(member, 'set', [value], { type: 'ExpressionStatement', expression: assign });
    count++;
    return [own, getter, setter];
  });
  node.body.body = [...fields, ...members];
}

function field(key: object, value: Expression | null, isStatic: boolean, type = 'ClassProperty'): Member {
  return { type, key, value, static: isStatic, computed: false } as unknown as Member;
}

function method(
  { key, static: isStatic }: Extract<Member, { type: 'ClassAccessorProperty' }>,
  kind: 'get' | 'set',
  params: readonly object[],
  statement: object,
): Member {
  const isPrivate = key.type === 'PrivateName';
  const body = { type: 'BlockStatement', body: [statement], directives: [] };
  return {
    ...{ type: isPrivate ? 'ClassPrivateMethod' : 'ClassMethod', kind, key: { ...key }, params: [...params], body },
    ...{ static: isStatic === true, computed: false, async: false, generator: false },
  } as unknown as Member;
}
