// Which way imports point: webview → protocol ← extension → core. `npm run lint` fails on an arrow that runs back.

/** @param {string} name @param {string} comment @param {object} from @param {object} to */
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    forbid(
      'core-stands-alone',
      'core/ runs in a worker, in the tests, on the command line and in a browser: no vscode, no Node, no package.',
      { path: '^core/' },
      { pathNot: '^core/' },
    ),
    forbid(
      'protocol-is-only-messages',
      'extension/protocol/ is what two sides share: itself, valibot, and types from the trace.',
      { path: '^extension/protocol/' },
      { pathNot: ['^extension/protocol/', '^node_modules/valibot/', '^core/trace/trace\\.ts$'] },
    ),
    forbid(
      'reading-is-pure',
      'extension/reading/ is what a trace says, in any process and in a browser: itself, types of messages and of the trace.',
      { path: '^extension/reading/' },
      { pathNot: ['^extension/(reading|protocol)/', '^core/trace/trace\\.ts$', '^core/format/'] },
    ),
    forbid(
      'webview-knows-only-messages-and-readings',
      'webview/ is pictures and controls: it asks through extension/protocol/, and what a trace says is in extension/reading/.',
      { path: '^webview/', pathNot: '^webview/dev/.*\\.mjs$' }, // dev/*.mjs run on a developer's machine
      { pathNot: ['^webview/', '^node_modules/', '^extension/(protocol|reading)/', '^core/trace/trace\\.ts$'] },
    ),
    forbid(
      'the-trace-is-shared-as-types',
      'All three import core/trace/trace.ts with `import type`, so that no core code comes along but how numbers and shapes read.',
      { path: ['^webview/', '^extension/(protocol|reading)/'] },
      { path: '^core/', pathNot: '^core/format/', dependencyTypesNot: ['type-only'] },
    ),
    forbid(
      'extension-never-imports-webview',
      'The webview is a bundle of its own, loaded by its path.',
      { path: '^extension/' },
      { path: '^webview/' },
    ),
    forbid(
      'one-room-for-the-toolkit',
      'The toolkit is archived: only webview/ui/ imports it, so that a successor can take its place.',
      { path: '.', pathNot: '^webview/ui/' },
      { path: 'webview-ui-toolkit' },
    ),
    forbid(
      'node-only-in-the-host',
      'extension/host/ is the only place of Node but for the command line and the TypeScript plugin: for a browser it is there once more.',
      {
        path: '^(extension|webview)/',
        pathNot: ['^extension/(host|cli|typescript-plugin)/', '^webview/dev/.*\\.mjs$'],
      },
      { dependencyTypes: ['core'] },
    ),
    forbid(
      'vscode-only-in-the-client',
      'The server, the engine and the command line run without VS Code.',
      { path: '^(core|extension|webview)/', pathNot: '^extension/client/' },
      { path: ['^vscode$', '^node_modules/@types/vscode/'] },
    ),
    forbid(
      'no-cycles',
      'Files that need each other are one file, or need a third. A formula of a gradient takes methods of its tensors, not imports.',
      {},
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    ),
    forbid(
      'everything-resolves',
      'An import of something that is not there.',
      {},
      { couldNotResolve: true, pathNot: ['^vscode$', '^tensight$'] },
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(test/golden/data|test/fixtures|dist)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json', '.css'],
    },
  },
};
