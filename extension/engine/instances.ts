import { everything, exportedNames, type Program, type Resolution, resolveExport } from '../compiler/linking.ts';
import type { CompiledModule } from '../protocol/engine.ts';

/**
 * Runs a module's code: `exports` takes what it declares, `require` gives the namespace of what it imports, and evaluates all
 * it was asked for when it is called without a specifier.
 */
export type Evaluate = (module: CompiledModule, exports: object, require: Require) => void;

type Require = (specifier?: string) => object | undefined;

/**
 * The modules of one evaluation of a program, as ECMAScript has them: each is evaluated once, what it imports before it; names
 * are bound to each other rather than copied, so that all see a change, and reading one too early is an error.
 */
export class Instances {
  /** What each module's code writes its own exports to, or puts functions that read them. */
  readonly #own = new Map<string, object>();
  readonly #namespaces = new Map<string, object>();

  readonly #program: Program;

  constructor(
    private readonly modules: ReadonlyMap<string, CompiledModule>,
    private readonly library: object,
    private readonly evaluate: Evaluate,
  ) {
    this.#program = { modules, library: Object.keys(library).filter((name) => name !== '__esModule') };
  }

  /** Evaluates a module and what it imports. Returns its exports as they are then, in the order of its text. */
  evaluateEntry(file: string): Record<string, unknown> {
    this.#evaluate(file);
    const out: Record<string, unknown> = {};
    for (const name of exportedNames(this.#program, file)) {
      const resolved = resolveExport(this.#program, file, name);
      // Not `out[name] =`, for a name may be `__proto__`.
      if (isValue(resolved)) Object.defineProperty(out, name, { value: this.#read(resolved), enumerable: true });
    }
    return out;
  }

  /** Evaluates a module unless it has been, or is being evaluated: then this is a circle, and what it has by now is what there is. */
  #evaluate(file: string): void {
    if (this.#own.has(file)) return;
    const module = this.modules.get(file);
    if (module === undefined) throw new Error(`the module ${file} was not compiled`);
    const exports = this.#ownOf(module);
    const asked: string[] = [];
    this.evaluate(module, exports, (specifier) => {
      if (specifier === undefined) {
        for (const imported of asked) this.#evaluate(imported);
        return undefined;
      }
      const imported = module.imports[specifier];
      if (imported === undefined) return this.library;
      asked.push(imported);
      return this.#namespace(imported);
    });
  }

  #ownOf({ file, exports: { own } }: CompiledModule): object {
    const values = new Map<string, unknown>();
    const exports = Object.create(null);
    for (const [name, declared] of Object.entries(own)) {
      if (declared === 'var') values.set(name, undefined);
      Object.defineProperty(exports, name, {
        configurable: true,
        get: () => {
          if (values.has(name)) return values.get(name);
          throw tooEarly(name);
        },
        set: (value: unknown) => void values.set(name, value),
      });
    }
    this.#own.set(file, exports);
    return exports;
  }

  #namespace(file: string): object {
    const known = this.#namespaces.get(file);
    if (known !== undefined) return known;
    const namespace = Object.create(null);
    this.#namespaces.set(file, namespace);
    for (const name of [...exportedNames(this.#program, file)].sort()) {
      const resolved = resolveExport(this.#program, file, name);
      if (isValue(resolved))
        Object.defineProperty(namespace, name, { enumerable: true, get: () => this.#read(resolved) });
    }
    Object.defineProperty(namespace, Symbol.toStringTag, { value: 'Module' });
    return Object.preventExtensions(namespace);
  }

  #read(resolved: Value): unknown {
    switch (resolved.kind) {
      case 'own': {
        const { file, name } = resolved;
        const exports = this.#own.get(file);
        if (exports === undefined) throw tooEarly(name);
        try {
          return Reflect.get(exports, name);
        } catch (error) {
          // Thrown by the module that has the name; the mistake is of the one that reads it.
          throw error instanceof ReferenceError ? new ReferenceError(error.message) : error;
        }
      }
      case 'namespace':
        return this.#namespace(resolved.file);
      case 'library':
        return resolved.name === everything ? this.library : Reflect.get(this.library, resolved.name);
      default:
        return resolved satisfies never;
    }
  }
}

function tooEarly(name: string): ReferenceError {
  return new ReferenceError(`Cannot access '${name}' before initialization`);
}

type Value = Extract<Resolution, { readonly kind: 'own' | 'namespace' | 'library' }>;

function isValue(resolved: Resolution): resolved is Value {
  return resolved.kind === 'own' || resolved.kind === 'namespace' || resolved.kind === 'library';
}
