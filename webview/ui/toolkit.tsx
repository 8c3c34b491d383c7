/**
 * The controls, typed: the only file that imports the webview toolkit, so that a successor can take its place. The toolkit's
 * elements are web components; their values are set as properties and their own `change` events are listened to.
 */
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodePanels,
  vsCodePanelTab,
  vsCodePanelView,
  vsCodeProgressRing,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { type ComponentChildren, h } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from './Icon.tsx';

export function registerControls(): void {
  provideVSCodeDesignSystem().register(
    vsCodeButton(),
    vsCodeCheckbox(),
    vsCodeDropdown(),
    vsCodeOption(),
    vsCodePanels(),
    vsCodePanelTab(),
    vsCodePanelView(),
    vsCodeProgressRing(),
    vsCodeTextField(),
  );
}

interface Common {
  readonly testId?: string;
  readonly title?: string;
  readonly class?: string;
}

interface ButtonProps extends Common {
  readonly appearance?: 'primary' | 'secondary' | 'icon';
  readonly icon?: string;
  readonly label?: string;
  readonly disabled?: boolean;
  /** Held down: a toggle. */
  readonly pressed?: boolean;
  /** Escape presses it: see escape.ts. */
  readonly escape?: 'filter' | 'note' | 'page' | 'detail';
  readonly children?: ComponentChildren;
  onClick(): void;
}

export function Button(props: ButtonProps) {
  const { appearance = 'secondary', icon, label, disabled, pressed, children, onClick } = props;
  return h(
    'vscode-button',
    {
      appearance,
      class: props.class,
      title: props.title ?? label,
      'aria-label': label,
      'aria-pressed': pressed === undefined ? undefined : String(pressed),
      'data-testid': props.testId,
      'data-escape': props.escape,
      disabled: disabled === true,
      onClick: () => disabled !== true && onClick(),
    },
    icon === undefined ? null : <Icon name={icon} />,
    children === undefined ? null : <b>{children}</b>,
  );
}

interface CheckboxProps extends Common {
  readonly checked: boolean;
  readonly children: ComponentChildren;
  onChange(checked: boolean): void;
}

export function Checkbox(props: CheckboxProps) {
  const element = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (element.current !== null && element.current.checked !== props.checked) element.current.checked = props.checked;
  }, [props.checked]);
  return h(
    'vscode-checkbox',
    {
      ref: element,
      title: props.title,
      'data-testid': props.testId,
      onChange: (event: Event) => {
        const checked = (event.currentTarget as HTMLInputElement).checked;
        if (checked !== props.checked) props.onChange(checked);
      },
    },
    props.children,
  );
}

export interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
}

interface DropdownProps<T extends string> extends Common {
  readonly value: T;
  readonly choices: readonly Choice<T>[];
  readonly label: string;
  onChange(value: T): void;
}

export function Dropdown<T extends string>(props: DropdownProps<T>) {
  const element = useRef<HTMLSelectElement>(null);
  const names = props.choices.map((choice) => `${choice.value}=${choice.label}`).join();
  useEffect(() => {
    // After the toolkit has taken in the options.
    const set = (): void => {
      if (element.current !== null && element.current.value !== props.value) element.current.value = props.value;
    };
    const frame = requestAnimationFrame(set);
    return () => cancelAnimationFrame(frame);
  }, [props.value, names]);
  return h(
    'vscode-dropdown',
    {
      ref: element,
      class: props.class,
      title: props.title ?? props.label,
      'aria-label': props.label,
      'data-testid': props.testId,
      onChange: (event: Event) => {
        const { value } = event.currentTarget as HTMLSelectElement;
        const choice = props.choices.find((each) => each.value === value);
        if (choice !== undefined && choice.value !== props.value) props.onChange(choice.value);
      },
    },
    props.choices.map((choice) =>
      h(
        'vscode-option',
        { key: choice.value, value: choice.value, selected: choice.value === props.value },
        choice.label,
      ),
    ),
  );
}

interface TextFieldProps extends Common {
  readonly value: string;
  readonly placeholder: string;
  readonly label: string;
  readonly icon?: string;
  readonly end?: ComponentChildren;
  onInput(value: string): void;
  onKeyDown?(event: KeyboardEvent): void;
}

export function TextField(props: TextFieldProps) {
  return h(
    'vscode-text-field',
    {
      class: props.class,
      value: props.value,
      placeholder: props.placeholder,
      'aria-label': props.label,
      'data-testid': props.testId,
      onInput: (event: Event) => props.onInput((event.currentTarget as HTMLInputElement).value),
      onKeyDown: props.onKeyDown,
    },
    props.icon === undefined ? null : <i slot="start" class={`codicon codicon-${props.icon}`} aria-hidden="true" />,
    props.end === undefined ? null : <i slot="end">{props.end}</i>,
  );
}

export function ProgressRing(props: Common) {
  return h('vscode-progress-ring', { class: props.class, 'data-testid': props.testId });
}

export interface TabOf<T extends string> {
  readonly id: T;
  readonly label: string;
  readonly icon: string;
  readonly content: ComponentChildren;
}

interface TabsProps<T extends string> extends Common {
  readonly tabs: readonly TabOf<T>[];
  readonly active: T;
  readonly label: string;
  /** In the tabs' line, at its end. */
  readonly end: ComponentChildren;
  onChange(id: T): void;
}

/** Tabs and their panels; only the active panel has content. */
export function Tabs<T extends string>(props: TabsProps<T>) {
  return h(
    'vscode-panels',
    {
      class: props.class,
      'aria-label': props.label,
      activeid: `tab-${props.active}`,
      onChange: (event: Event) => {
        const { activeid } = event.currentTarget as HTMLElement & { activeid: string };
        const tab = props.tabs.find((each) => `tab-${each.id}` === activeid);
        if (event.target === event.currentTarget && tab !== undefined && tab.id !== props.active)
          props.onChange(tab.id);
      },
    },
    props.tabs.map((tab) =>
      h(
        'vscode-panel-tab',
        { key: tab.id, id: `tab-${tab.id}`, title: tab.label, 'data-testid': `tab-${tab.id}` },
        <Icon name={tab.icon} />,
        <span class="tab-label">{tab.label}</span>,
      ),
    ),
    props.tabs.map((tab) =>
      h(
        'vscode-panel-view',
        { key: `view-${tab.id}`, id: `view-${tab.id}`, 'data-testid': `view-${tab.id}` },
        tab.id === props.active ? tab.content : null,
      ),
    ),
    <span slot="end" class="tabs-end">
      {props.end}
    </span>,
  );
}
