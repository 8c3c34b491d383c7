/** What is dragged to give one part more room and its neighbour less: by pointer or by arrow keys; a double click gives it back. */
import { useRef } from 'preact/hooks';
import { type Limits, sizeByKey, within } from '../room.ts';

interface Props {
  /** Along which it moves. */
  readonly axis: 'x' | 'y';
  /** Pixels of the part before it. */
  readonly size: number;
  readonly limits: Limits;
  readonly label: string;
  readonly testId: string;
  /** −1 where a group has one Tab stop for all of them. */
  readonly tabIndex?: number;
  onSize(size: number): void;
  /** As if it had never been moved. */
  onReset(): void;
}

const step = 8;
const farStep = 64;

export function Sash({ axis, size, limits, label, testId, tabIndex = 0, onSize, onReset }: Props) {
  const from = useRef<{ readonly pointer: number; readonly size: number } | undefined>(undefined);
  const along = (event: PointerEvent): number => (axis === 'x' ? event.clientX : event.clientY);
  return (
    <div
      class={`sash ${axis}`}
      role="separator"
      aria-orientation={axis === 'x' ? 'vertical' : 'horizontal'}
      aria-label={label}
      aria-valuenow={Math.round(size)}
      aria-valuemin={Math.round(limits.least)}
      aria-valuemax={Math.round(Math.max(limits.least, limits.most))}
      aria-valuetext={`${Math.round(size)} pixels`}
      title="Drag to resize; double-click to reset"
      tabIndex={tabIndex}
      data-testid={testId}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.preventDefault();
        event.currentTarget.focus({ preventScroll: true });
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { pointer: along(event), size };
      }}
      onPointerMove={(event) => {
        const start = from.current;
        if (start !== undefined) onSize(within(start.size + along(event) - start.pointer, limits));
      }}
      onLostPointerCapture={() => {
        from.current = undefined;
      }}
      onClick={(event) => event.stopPropagation()}
      onDblClick={(event) => {
        event.stopPropagation();
        onReset();
      }}
      onKeyDown={(event) => {
        const next = sizeByKey(event.key, axis, size, limits, event.shiftKey ? farStep : step);
        if (event.key === 'Enter') onReset();
        else if (next !== undefined) onSize(next);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    />
  );
}
