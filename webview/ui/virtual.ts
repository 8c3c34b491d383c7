/** Long lists: only the rows in sight are drawn. Preact's side of TanStack Virtual. */
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
  Virtualizer,
} from '@tanstack/virtual-core';
import type { RefObject } from 'preact';
import { useLayoutEffect, useReducer, useRef } from 'preact/hooks';

export interface VirtualOptions {
  readonly count: number;
  readonly size: number;
  readonly scroller: RefObject<HTMLElement | null>;
  readonly horizontal?: boolean;
  readonly overscan?: number;
  /** Rows covered by a sticky head. */
  readonly paddingStart?: number;
  readonly initialOffset?: number;
}

export interface Virtual {
  readonly items: readonly VirtualItem[];
  /** Rows a moment can show: a key of `index % pool` lets a row that comes into sight take the elements of one that left. */
  readonly pool: number;
  readonly total: number;
  scrollTo(index: number, align?: 'auto' | 'center'): void;
}

export function useVirtual(options: VirtualOptions): Virtual {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const virtualizer = useRef<Virtualizer<HTMLElement, HTMLElement> | null>(null);
  const size = useRef(options.size);
  const full = {
    count: options.count,
    getScrollElement: () => options.scroller.current,
    estimateSize: () => options.size,
    overscan: options.overscan ?? 6,
    horizontal: options.horizontal ?? false,
    initialOffset: options.initialOffset ?? 0,
    initialRect: { width: 600, height: 600 },
    scrollPaddingStart: options.paddingStart ?? 0,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => redraw(undefined),
  };
  virtualizer.current ??= new Virtualizer<HTMLElement, HTMLElement>(full);
  const own = virtualizer.current;
  own.setOptions(full);
  if (size.current !== options.size) {
    size.current = options.size;
    own.measure();
  }
  useLayoutEffect(() => own._didMount(), [own]);
  useLayoutEffect(() => own._willUpdate());
  return {
    items: own.getVirtualItems(),
    pool: poolOf(own, options),
    total: own.getTotalSize(),
    scrollTo: (index, align = 'auto') => scrollIntoView(options, index, align),
  };
}

function poolOf(own: Virtualizer<HTMLElement, HTMLElement>, options: VirtualOptions): number {
  const { width, height } = own.scrollRect ?? { width: 600, height: 600 };
  const space = options.horizontal === true ? width : height;
  return Math.ceil(space / options.size) + 2 * (options.overscan ?? 6) + 2;
}

/** Rows are all of one size, so where one lies is known without measuring, also before the list was laid out once. */
function scrollIntoView(options: VirtualOptions, index: number, align: 'auto' | 'center'): void {
  const element = options.scroller.current;
  if (element === null) return;
  const start = index * options.size;
  const space = element.clientHeight - (options.paddingStart ?? 0);
  const { scrollTop } = element;
  const inside = start >= scrollTop && start + options.size <= scrollTop + space;
  if (inside) return;
  if (align === 'center') element.scrollTop = start - (space - options.size) / 2;
  else element.scrollTop = start < scrollTop ? start : start + options.size - space;
}
