import type { TensorId, ValueRef } from '../../core/trace/trace.ts';

/** Every tensor a value holds, and the way to it from the value: `[1]`, `.hidden[0]`; empty where the value is the tensor. */
export function tensorsIn(
  value: ValueRef | undefined,
  way = '',
): readonly { readonly tensor: TensorId; readonly way: string }[] {
  switch (value?.kind) {
    case 'tensor':
      return [{ tensor: value.tensor, way }];
    case 'list':
      return value.items.flatMap((item, i) => tensorsIn(item, `${way}[${i}]`));
    case 'dict':
      return Object.entries(value.entries).flatMap(([key, item]) => tensorsIn(item, `${way}.${key}`));
    default:
      return [];
  }
}
