/** Layers, parameters and tensors meant as such that are not part of the model that holds or uses them: they are neither trained, nor saved, nor counted. */
import { Layer } from '../nn/layer.ts';
import { Buffer, Module, Parameter } from '../nn/module.ts';
import { isComputed, isSplit } from '../nn/weightNorm.ts';
import { Tensor } from '../tensor/tensor.ts';
import { isFunction } from './definition.ts';
import type { Recorder } from './recorder.ts';
import { remark } from './remarks.ts';
import type { Problem, Site, SiteId } from './trace.ts';

/** What was found in a field, beside what belongs to its module. */
interface FieldContents {
  readonly owner: Module;
  readonly field: string;
  readonly kind: 'tensor' | 'object' | 'list' | 'Map' | 'Set';
  readonly layers: ReadonlySet<Module>;
  readonly parameters: ReadonlySet<Parameter>;
  /** Plain ones that ask for a gradient, as a parameter does. */
  readonly tensors: ReadonlySet<Tensor>;
}

const deepest = 5;
const mostLookedAt = 2000;

/** Everything of this kind, once the model has run. */
export function outside(recorder: Recorder, root: Module, sites: readonly Site[]): Problem[] {
  const own = new Set<object>([...root.modules(), ...root.parameters(), ...root.buffers()]);
  const problems: Problem[] = replaced(recorder, root);
  const told = new Set<object>();
  for (const held of fields(root, own)) {
    for (const layer of held.layers) for (const part of [...layer.modules(), ...layer.parameters()]) told.add(part);
    for (const parameter of held.parameters) told.add(parameter);
    const site = siteOf(held, recorder, sites);
    problems.push(
      remark(
        'warning',
        `${nameOf(held)} ${held.kind === 'tensor' ? 'is' : 'holds'} ${contents(held)}`,
        repair(held),
        site,
      ),
    );
  }
  for (const { module } of recorder.calls) {
    if (own.has(module) || told.has(module) || module.parameters().length === 0) continue;
    for (const part of [...module.modules(), ...module.parameters()]) told.add(part);
    const name = module.constructor.name || 'a layer';
    const site = recorder.moduleSites.get(module);
    problems.push(
      recorder.madeInForward.has(module)
        ? remark(
            'warning',
            `${name} is made in forward: it has new weights at each call, and is not trained`,
            `Make it once, as a field: layer = new ${name}(…);`,
            site,
          )
        : remark(
            'warning',
            `${name} is called but is not part of ${nameOfModel(root)}: it is not trained, saved or counted`,
            isFunction(root)
              ? 'A function has no fields: write a class that extends nn.Module, with it as a field: layer = …;'
              : `Keep it in a field of ${root.constructor.name}, which can be neither private (#) nor static: layer = …;`,
            site,
          ),
    );
  }
  // Those that were only looked at (by `stateDict`), or from which the model's own were made, are not used.
  const begun = recorder.ops.findIndex(({ call }) => call !== undefined);
  const used = new Set(recorder.ops.slice(Math.max(0, begun)).flatMap(({ inputs }) => inputs));
  const loose = recorder.tensors.filter(
    (tensor, id) =>
      tensor instanceof Parameter && used.has(id) && !own.has(tensor) && !told.has(tensor) && !isSplit(tensor),
  );
  if (loose.length > 0) {
    const first = recorder.tensorId(loose[0]!);
    const site = recorder.ops.find(({ inputs }) => inputs.includes(first))?.site;
    problems.push(
      remark(
        'warning',
        `${loose.length === 1 ? 'a parameter' : `${loose.length} parameters`} used here ${loose.length === 1 ? 'is' : 'are'} not part of ${nameOfModel(root)}: not trained, saved or counted`,
        `Keep ${loose.length === 1 ? 'it' : 'them'} in a field: w = new nn.Parameter(…);`,
        site,
      ),
    );
  }
  return problems;
}

/** Weights of the library's layers in whose place a plain tensor was put, which PyTorch refuses when it is assigned. */
function replaced({ moduleSites }: Recorder, root: Module): Problem[] {
  return root.namedModules().flatMap(([path, module]) => {
    if (!(module instanceof Layer)) return [];
    return Object.entries(module).flatMap(([field, value]) => {
      const isPlain = value instanceof Tensor && !(value instanceof Parameter || value instanceof Buffer);
      if (!isPlain || !/weight|bias/i.test(field) || isComputed(module, field)) return [];
      const name = path === '' ? field : `${path}.${field}`;
      return remark(
        'error',
        `${name} is a plain tensor where a parameter was: it is not trained, saved or counted`,
        `Write ${field} = new nn.Parameter(…) where it is assigned, or keep the parameter and draw into it: nn.init.constant(layer.${field}, 0).`,
        moduleSites.get(module),
      );
    });
  });
}

function nameOfModel(root: Module): string {
  return isFunction(root) ? 'the model' : root.constructor.name;
}

/** Fields of the model's modules with something in them that does not belong to it. */
function fields(root: Module, own: ReadonlySet<object>): FieldContents[] {
  return root.modules().flatMap((owner) =>
    Object.entries(owner).flatMap(([field, value]) => {
      if (typeof value !== 'object' || value === null || own.has(value) || value instanceof Module) return [];
      const layers = new Set<Module>();
      const parameters = new Set<Parameter>();
      const tensors = new Set<Tensor>();
      if (!isComputed(owner, field)) search(value, own, { layers, parameters, tensors });
      if (layers.size + parameters.size + tensors.size === 0) return [];
      return [{ owner, field, kind: kindOf(value), layers, parameters, tensors }];
    }),
  );
}

function kindOf(value: object): FieldContents['kind'] {
  if (value instanceof Tensor) return 'tensor';
  if (value instanceof Map) return 'Map';
  if (value instanceof Set) return 'Set';
  return Array.isArray(value) ? 'list' : 'object';
}

interface Found {
  readonly layers: Set<Module>;
  readonly parameters: Set<Parameter>;
  readonly tensors: Set<Tensor>;
}

function search(value: object, own: ReadonlySet<object>, { layers, parameters, tensors }: Found): void {
  const seen = new Set<object>();
  const look = (item: unknown, depth: number): void => {
    if (typeof item !== 'object' || item === null || seen.has(item) || seen.size > mostLookedAt) return;
    seen.add(item);
    if (own.has(item)) return;
    if (item instanceof Module) {
      if (item.parameters().some((parameter) => !own.has(parameter))) layers.add(item);
      return;
    }
    if (item instanceof Parameter) return void parameters.add(item);
    // What was computed from parameters has a gradient without having asked for it.
    if (item instanceof Tensor) return void (item.requiresGrad && item.isLeaf && tensors.add(item));
    if (depth >= deepest || ArrayBuffer.isView(item)) return;
    const isPlain = [Object.prototype, null].includes(Object.getPrototypeOf(item));
    if (item instanceof Map || item instanceof Set || Array.isArray(item))
      for (const inner of item instanceof Map ? item.values() : item) look(inner, depth + 1);
    else if (isPlain) for (const inner of Object.values(item)) look(inner, depth + 1);
  };
  look(value, 0);
}

const nameOf = ({ owner, field }: FieldContents) => `${owner.constructor.name}.${field}`;

function contents({ layers, parameters, tensors, owner }: FieldContents): string {
  const counted = (n: number, what: string, more = '') =>
    n === 0 ? [] : [`${n === 1 ? `a ${what}` : `${n} ${what}s`}${more}`];
  const what = [
    ...counted(layers.size, 'layer'),
    ...counted(parameters.size, 'parameter'),
    ...counted(tensors.size, 'tensor', ' with requiresGrad'),
  ].join(' and ');
  return `${what} that ${layers.size + parameters.size + tensors.size === 1 ? 'is' : 'are'} not part of ${owner.constructor.name}: not trained, saved or counted`;
}

function repair({ kind, field, layers, parameters }: FieldContents): string {
  if (kind === 'tensor') return `Write ${field} = new nn.Parameter(…); a constant needs no requiresGrad.`;
  if (layers.size + parameters.size === 0)
    return 'Write new nn.Parameter(…) for each; a constant needs no requiresGrad.';
  const [list, dict] = layers.size > 0 ? ['nn.ModuleList', 'nn.ModuleDict'] : ['nn.ParameterList', 'nn.ParameterDict'];
  switch (kind) {
    case 'object':
      return `Make it ${field} = new ${dict}({ … }).`;
    case 'Map':
      return `Make it ${field} = new ${dict}({ … }), which has get and set as well.`;
    case 'Set':
      return `Make it ${field} = new ${list}([…]).`;
    case 'list':
      return `Lists in lists are not looked into: ${field} = new ${list}([…]) of ${list}s, or one flat list.`;
    default:
      return kind satisfies never;
  }
}

/** The field itself, where its class is in the text; else where the first layer in it was made. */
function siteOf(
  { owner, field, layers }: FieldContents,
  { moduleSites, values }: Recorder,
  sites: readonly Site[],
): SiteId | undefined {
  const scope = owner.constructor.name;
  const declared = sites.findIndex(
    (site) => site.kind === 'field' && site.text === field && (site.scope ?? scope).startsWith(scope),
  );
  if (declared >= 0) return declared;
  const [first] = layers;
  return (first && moduleSites.get(first)) ?? [...values.keys()][0];
}
