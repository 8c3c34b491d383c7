/** Two panes with a sash between them, beside or below each other; where there is room for one only, each is a page of its own. */
import type { Signal } from '@preact/signals';
import { type ComponentChildren, createContext } from 'preact';
import { useContext } from 'preact/hooks';
import * as v from 'valibot';
import { persisted } from '../persisted.ts';
import { type Limits, type Placement, type PlaceNeeds, placementOf, within } from '../room.ts';
import { Sash } from './Sash.tsx';
import { useSize } from './size.ts';
import { Button } from './toolkit.tsx';

/** What a person made of one split. */
export interface SplitChoice {
  /** The second pane's share, as it was dragged. */
  readonly beside: Signal<number | undefined>;
  readonly below: Signal<number | undefined>;
  /** Where each is a page of its own: whether the second is shown. */
  readonly opened: Signal<boolean>;
}

/** The choice called `name`. */
export function splitChoice(name: string): SplitChoice {
  const share = v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)));
  return {
    beside: persisted(`${name}.beside`, undefined, share, 'panel'),
    below: persisted(`${name}.below`, undefined, share, 'panel'),
    opened: persisted(`${name}.opened`, false),
  };
}

interface Props {
  readonly choice: SplitChoice;
  readonly needs: PlaceNeeds;
  /** The least pixels of either pane, across and down. */
  readonly least: { readonly width: readonly [number, number]; readonly height: readonly [number, number] };
  /** The second pane's pixels while nobody has dragged the sash. */
  initial(placement: Placed, whole: number, width: number): number;
  readonly main: ComponentChildren;
  /** Nothing where there is no second pane. */
  readonly aside: ComponentChildren | undefined;
  readonly label: string;
  readonly testId: string;
  readonly class?: string;
}

type Placed = Exclude<Placement, 'paged'>;

const Page = createContext<(() => void) | undefined>(undefined);

export function Split(props: Props) {
  const { choice, needs, least, main, aside, label, testId } = props;
  const [frame, size] = useSize<HTMLDivElement>();
  const placement = placementOf(size.width, size.height, needs);
  const placed = placement === 'paged' ? undefined : placement;
  const back = (): void => {
    choice.opened.value = false;
    const list = frame.current;
    requestAnimationFrame(() =>
      list?.querySelector<HTMLElement>('[aria-selected="true"], [aria-pressed="true"].thumb')?.focus(),
    );
  };
  const paged = placed === undefined && size.width > 0;
  const alone = aside === undefined || (paged && !choice.opened.value);
  return (
    <div
      class={`split ${paged ? 'paged' : placement} ${props.class ?? ''}`}
      ref={frame}
      data-testid={testId}
      style={alone || placed === undefined ? undefined : tracks(placed, mainPixels(props, placed, size))}
    >
      {paged && !alone ? <Page.Provider value={back}>{aside}</Page.Provider> : main}
      {placed !== undefined && !alone && (
        <>
          <Sash
            axis={placed === 'beside' ? 'x' : 'y'}
            size={mainPixels(props, placed, size)}
            limits={limitsOf(placed, size, least)}
            label={label}
            testId={`${testId}-sash`}
            onSize={(pixels) => {
              const whole = placed === 'beside' ? size.width : size.height;
              choice[placed].value = 1 - pixels / whole;
            }}
            onReset={() => {
              choice[placed].value = undefined;
            }}
          />
          {aside}
        </>
      )}
    </div>
  );
}

function limitsOf(placement: Placed, size: { width: number; height: number }, least: Props['least']): Limits {
  const [first, second] = placement === 'beside' ? least.width : least.height;
  return { least: first, most: (placement === 'beside' ? size.width : size.height) - second };
}

function mainPixels({ choice, least, initial }: Props, placement: Placed, size: { width: number; height: number }) {
  const whole = placement === 'beside' ? size.width : size.height;
  const share = choice[placement].value;
  const second = share === undefined ? initial(placement, whole, size.width) : share * whole;
  return Math.round(within(whole - second, limitsOf(placement, size, least)));
}

function tracks(placement: Placement, main: number): Record<string, string> {
  const template = `${main}px 0 minmax(0, 1fr)`;
  return placement === 'beside' ? { gridTemplateColumns: template } : { gridTemplateRows: template };
}

/** Back to the first pane, where the second is a page of its own. */
export function BackButton({ to }: { readonly to: string }) {
  const back = useContext(Page);
  if (back === undefined) return null;
  return (
    <Button appearance="icon" icon="arrow-left" label={`Back to ${to}`} testId="back" escape="page" onClick={back} />
  );
}
