/**
 * `node webview/dev/serve.mjs` serves the page (page.mjs); `node webview/dev/serve.mjs --shoot [NAME…]` takes the pictures in
 * `shots.mjs` into `.cache/webview/`.
 */
import { root, servePage } from './page.mjs';

const { address, end } = await servePage({ minify: process.argv.includes('--minify') });
if (process.argv.includes('--shoot')) {
  const { shoot } = await import('./shots.mjs');
  await shoot(
    address,
    `${root}/.cache/webview`,
    process.argv.slice(3).filter((name) => !name.startsWith('--')),
  );
  await end();
} else console.log(address);
