/** One of a few, all in sight: a radio group drawn as one button in parts. */
import type { Choice } from './toolkit.tsx';

interface Props<T extends string> {
  readonly value: T;
  readonly choices: readonly (Choice<T> & {
    readonly disabled?: string;
    /** What Escape closes by taking this one. */
    readonly escape?: string;
  })[];
  readonly label: string;
  readonly testId: string;
  onChange(value: T): void;
}

export function Segments<T extends string>({ value, choices, label, testId, onChange }: Props<T>) {
  const move = (event: KeyboardEvent): void => {
    const by =
      event.key === 'ArrowRight' || event.key === 'ArrowDown'
        ? 1
        : event.key === 'ArrowLeft' || event.key === 'ArrowUp'
          ? -1
          : 0;
    if (by === 0) return;
    event.preventDefault();
    const open = choices.filter((choice) => choice.disabled === undefined);
    const next = open[(open.findIndex((choice) => choice.value === value) + by + open.length) % open.length];
    if (next === undefined) return;
    onChange(next.value);
    const group = event.currentTarget as HTMLElement;
    group.querySelector<HTMLElement>(`[data-value="${next.value}"]`)?.focus();
  };
  return (
    <div class="segments" role="radiogroup" aria-label={label} data-testid={testId} onKeyDown={move}>
      {choices.map((choice) => (
        <button
          key={choice.value}
          type="button"
          role="radio"
          aria-checked={choice.value === value}
          tabIndex={choice.value === value ? 0 : -1}
          data-value={choice.value}
          data-testid={`${testId}-${choice.value}`}
          data-escape={choice.escape}
          disabled={choice.disabled !== undefined}
          title={choice.disabled}
          onClick={() => onChange(choice.value)}
        >
          {choice.label}
        </button>
      ))}
    </div>
  );
}
