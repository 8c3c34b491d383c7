// What VS Code itself says on the console that a suite prints to, which is no business of a test's reader.

const CHATTER = [
  /^%c/,
  /^\[[\w :-]+\]/, // "[AgentHost:remote] …", "[Service Worker] …"
  /^(Creating a socket|Resolv(ing|ed) connection token|Updating additional builtin|Extension host|PendingMigrationError)/,
  /ERR_NAME_NOT_RESOLVED|ENOTFOUND|getaddrinfo|net::ERR_|Failed to fetch/,
  /DeprecationWarning|ExperimentalWarning|--trace-(deprecation|warnings)/,
];

/** @param {string} line */
export const isChatter = (line) => CHATTER.some((pattern) => pattern.test(line.trimStart()));
