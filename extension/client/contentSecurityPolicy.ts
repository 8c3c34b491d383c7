/**
 * What the panel's page may load and do. Everything that is not named is refused: `default-src` covers what is fetched; the base of
 * relative addresses and the target of forms do not fall back on it, so they are refused by name.
 */

/** The toolkit makes style elements that are empty, and fills them by script: the hash is of the empty text. */
const emptyStyle = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";

/** `nonce`: of the one script and the one style. */
export function contentSecurityPolicy(nonce: string): string {
  const directives: Readonly<Record<string, string>> = {
    'default-src': "'none'",
    'script-src': `'nonce-${nonce}'`,
    'style-src': `'nonce-${nonce}' ${emptyStyle}`,
    'font-src': 'data:',
    'img-src': 'data:',
    'base-uri': "'none'",
    'form-action': "'none'",
  };
  return Object.entries(directives)
    .map(([name, allowed]) => `${name} ${allowed}`)
    .join('; ');
}
