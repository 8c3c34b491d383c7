import { expect, it } from 'vitest';
import { contentSecurityPolicy } from '../../../extension/client/contentSecurityPolicy.ts';

const directives = new Map(
  contentSecurityPolicy('n0nce')
    .split('; ')
    .map((directive): [string, string] => [directive.split(' ', 1)[0]!, directive.slice(directive.indexOf(' ') + 1)]),
);

it('refuses whatever is not named, and by name what default-src does not cover', () => {
  for (const name of ['default-src', 'base-uri', 'form-action']) expect(directives.get(name), name).toBe("'none'");
});

it('runs one script only, by its nonce, no text as code, and fetches nothing', () => {
  expect(directives.get('script-src')).toBe("'nonce-n0nce'");
  const everything = [...directives.values()].join(' ');
  expect(everything).not.toMatch(/unsafe|\*|https?:/);
});
