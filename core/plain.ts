/**
 * Plain data: what JSON and a structured clone carry unchanged. Arguments of layers and attributes of operations are such, so
 * that they travel in a trace. What has no place in it is described by an object with one key. Types only: any side
 * may import them.
 */

/** Data that JSON carries unchanged; numbers are finite. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [name: string]: Plain };

/** In place of what is not plain data. */
export type Description =
  /** Infinity, −Infinity or NaN. */
  | { readonly number: string }
  /** Its dtype and shape, without its elements. */
  | { readonly tensor: string; readonly shape: readonly number[] }
  /** Its name, empty where it has none. */
  | { readonly function: string }
  /** Its class: a module, mostly. */
  | { readonly object: string }
  /** Its length: it is too long to be kept. */
  | { readonly list: number };

/**
 * `T` where all that is in it is plain data, else something `T` is not: `A extends PlainOf<A>` refuses tensors, functions and typed
 * arrays. Interfaces are as good as types here, which `Plain` does not take; what is undefined is as if it were not there.
 */
export type PlainOf<T> = { readonly [Name in keyof T]: PlainPart<T[Name]> };

type PlainPart<T> = T extends undefined | null | boolean | number | string
  ? T
  : T extends ((...args: never[]) => unknown) | ArrayBufferView
    ? never
    : PlainOf<T>;
