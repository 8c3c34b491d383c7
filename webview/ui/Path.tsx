/** The path of a layer. Layers differ at its end: where there is too little room, it is the middle that goes. */
export function Path({ path, title = path }: { readonly path: string; readonly title?: string }) {
  const end = /(?:\d+\.)?[^.]+$/.exec(path)?.index ?? 0;
  return (
    <span class="layer-path" title={title}>
      <span>{path.slice(0, end)}</span>
      <span>{path.slice(end)}</span>
    </span>
  );
}
