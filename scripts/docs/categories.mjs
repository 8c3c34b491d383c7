/** A plugin of TypeDoc: what is exported is listed by family, each with its example (`families.mjs`). A file without a family is a warning. */
import { Comment, CommentTag, Converter, ReflectionKind } from 'typedoc';
import { families, familyOf } from './families.mjs';

const listed =
  ReflectionKind.Class |
  ReflectionKind.Function |
  ReflectionKind.Interface |
  ReflectionKind.TypeAlias |
  ReflectionKind.Variable |
  ReflectionKind.Enum;

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
    const { project } = context;
    /** @type {Map<import('typedoc').Reflection, Set<string>>} */
    const shown = new Map();
    for (const reflection of project.getReflectionsByKind(listed)) {
      const { parent } = reflection;
      if (
        parent === undefined ||
        !parent.kindOf(ReflectionKind.Project | ReflectionKind.Module | ReflectionKind.Namespace)
      )
        continue;
      const file = project.getSymbolIdFromReflection(reflection)?.packagePath;
      const family = file === undefined ? undefined : familyOf(file);
      if (family === undefined) {
        app.logger.warn(`${reflection.getFullName()} of ${file} belongs to no family: scripts/docs/families.mjs`);
        continue;
      }
      const tag = () => new CommentTag('@category', [{ kind: 'text', text: family.name }]);
      const { signatures } = /** @type {{ signatures?: import('typedoc').SignatureReflection[] }} */ (reflection);
      for (const commented of signatures ?? [reflection]) {
        commented.comment ??= new Comment();
        commented.comment.blockTags.push(tag());
      }
      shown.set(parent, (shown.get(parent) ?? new Set()).add(family.name));
    }
    for (const [parent, names] of shown) {
      parent.comment ??= new Comment();
      for (const { name, text, example } of families) {
        if (!names.has(name)) continue;
        const described = `${name}\n${text}\n\n\`\`\`ts\n${example}\n\`\`\``;
        parent.comment.blockTags.push(new CommentTag('@categoryDescription', [{ kind: 'text', text: described }]));
      }
    }
  });
}
