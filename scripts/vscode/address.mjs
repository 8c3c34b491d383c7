// The address of one window of the npm-shipped VS Code.

/**
 * @typedef {object} Window
 * @property {string} folder the folder to open
 * @property {string} [file] a file to open in it
 * @property {string} [extension] the folder of an extension under development, to load
 * @property {string} [tests] a suite to run in it; the window then reports the suite's exit code
 */

/** @param {number} port @param {string} token @param {Window} window */
export function windowAddress(port, token, { folder, file, extension, tests }) {
  const host = `127.0.0.1:${port}`;
  /** @param {string} name @param {string | undefined} path */
  const entry = (name, path) => (path ? [[name, `vscode-remote://${host}${path}`]] : []);
  const payload = [
    ...entry('extensionDevelopmentPath', extension),
    ...entry('extensionTestsPath', tests),
    ...entry('openFile', file),
    ['skipWelcome', 'true'],
  ];
  const query = new URLSearchParams({ tkn: token, folder, payload: JSON.stringify(payload) });
  return `http://${host}/?${query}`;
}
