/** What a value is, as messages say it: `nothing`, `the number 0.5`, `a promise`, `a list`. Never fails, whatever the value. */
export function inWords(value: unknown): string {
  switch (typeof value) {
    case 'undefined':
      return 'nothing';
    case 'number':
    case 'bigint':
      return `the number ${value}`;
    case 'boolean':
      return String(value);
    case 'string':
      return `the text ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`;
    case 'symbol':
      return 'a symbol';
    case 'function':
      return isClass(value) ? classInWords(value) : 'a function';
    default:
      return value === null ? 'null' : objectInWords(value as object);
  }
}

/** `Write 2, without quotes.`, of a text that is a number, infinity as Python writes it, too; undefined of all else. */
export function unquoted(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value.replace(/^([+-]?)inf(?:inity)?$/i, '$1Infinity'));
  return Number.isNaN(number) ? undefined : `Write ${number}, without quotes.`;
}

/** Whether it is a class rather than a function to be called. */
export function isClass(value: unknown): value is abstract new (...args: never) => unknown {
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));
}

function classInWords(value: abstract new (...args: never) => unknown): string {
  try {
    // A static member may be called `name`, too.
    const name: unknown = value.name;
    return typeof name === 'string' && name !== '' ? `the class ${name.slice(0, 80)}` : 'a class';
  } catch {
    return 'a class';
  }
}

function objectInWords(value: object): string {
  try {
    if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
    const has = (key: PropertyKey) => typeof (value as Record<PropertyKey, unknown>)[key] === 'function';
    if (has('then')) return 'a promise';
    if (has('next')) return 'a generator';
    const name: unknown = value.constructor?.name;
    if (typeof name !== 'string' || name === '' || name === 'Object') return 'an object';
    return `${/^(?:[AEIOU]|[FHLMNRSX](?=[A-Z_]))/.test(name) ? 'an' : 'a'} ${name.slice(0, 80)}`;
  } catch {
    // A proxy that refuses every question.
    return 'an object that cannot be read';
  }
}
