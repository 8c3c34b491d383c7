/** One of the editor's own icons. Decoration: what it means is said in words beside it or in its owner's label. */
export function Icon({
  name,
  class: own,
  title,
}: {
  readonly name: string;
  readonly class?: string;
  readonly title?: string;
}) {
  return <i class={`codicon codicon-${name}${own === undefined ? '' : ` ${own}`}`} aria-hidden="true" title={title} />;
}
