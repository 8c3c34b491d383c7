import { everything, exportedNames, type Program, type Resolution, resolveExport } from '../compiler/linking.ts';
import type { CompiledModule } from '../protocol/engine.ts';

/**
 * A module's code at work, in two steps: the first binds its names (its functions can then be called, its variables read), the second
 * evaluates it. `exports` takes what it declares, `require` gives the namespace of what it imports.
 */
export type Start = (module: CompiledModule, exports: object, require: Require) => Iterator<unknown>;

type Require = (specifier: string) => object;

/** A module whose names are bound. */
interface Instance {
  /** What its code writes its own exports to, or puts functions that read them. */
  readonly exports: object;
  /** The files it imports, in the order of its text. */
  readonly imports: string[];
  readonly code: Iterator<unknown>;
  evaluated: boolean;
}

/**
 * The modules of one evaluation of a program, as ECMAScript has them: the names of all are bound before any is evaluated, then each
 * is evaluated once, what it imports before it; names are bound to each other rather than copied, so that all see a change,
 * and reading one too early is an error.
 */
export class Instances {
  readonly #instances = new Map<string, Instance>();
  readonly #namespaces = new Map<string, object>();

  readonly #program: Program;

  constructor(
    private readonly modules: ReadonlyMap<string, CompiledModule>,
    private readonly library: object,
    private readonly start: Start,
  ) {
    this.#program = { modules, library: Object.keys(library).filter((name) => name !== '__esModule') };
  }

  /** Evaluates a module and what it imports. Returns its exports as they are then, in the order of its text. */
  evaluateEntry(file: string): Record<string, unknown> {
    this.#instantiate(file);
    this.#evaluate(file);
    const out: Record<string, unknown> = {};
    for (const name of exportedNames(this.#program, file)) {
      const resolved = resolveExport(this.#program, file, name);
      // Not `out[name] =`, for a name may be `__proto__`.
      if (isValue(resolved)) Object.defineProperty(out, name, { value: this.#read(resolved), enumerable: true });
    }
    return out;
  }

  /** Binds the names of a module and of all it imports, those first. */
  #instantiate(file: string): void {
    if (this.#instances.has(file)) return;
    const module = this.modules.get(file);
    if (module === undefined) throw new Error(`the module ${file} was not compiled`);
    const imports: string[] = [];
    const exports = exportsOf(module);
    const code = this.start(module, exports, (specifier) => {
      const imported = module.imports[specifier];
      if (imported === undefined) return this.library;
      imports.push(imported);
      return this.#namespace(imported);
    });
    this.#instances.set(file, { exports, imports, code, evaluated: false });
    code.next();
    for (const imported of imports) this.#instantiate(imported);
  }

  /** Evaluates a module unless it has been, or is being evaluated: then this is a circle, and what it has by now is what there is. */
  #evaluate(file: string): void {
    const instance = this.#instances.get(file)!;
    if (instance.evaluated) return;
    instance.evaluated = true;
    for (const imported of instance.imports) this.#evaluate(imported);
    instance.code.next();
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
        try {
          return Reflect.get(this.#instances.get(file)!.exports, name);
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

/** Of its own names, those that are declared with `var` are undefined until they are written to, and others cannot be read. */
function exportsOf({ exports: { own } }: CompiledModule): object {
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
  return exports;
}

function tooEarly(name: string): ReferenceError {
  return new ReferenceError(`Cannot access '${name}' before initialization`);
}

type Value = Extract<Resolution, { readonly kind: 'own' | 'namespace' | 'library' }>;

function isValue(resolved: Resolution): resolved is Value {
  return resolved.kind === 'own' || resolved.kind === 'namespace' || resolved.kind === 'library';
}
