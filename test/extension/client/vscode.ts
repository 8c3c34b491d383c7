/** As much of the `vscode` module as the client's classes use, to be looked at and moved by a test. */

/** Calls whoever listens; what a test fires stands for what a person does. */
class Event<T> {
  readonly #listeners = new Set<(value: T) => void>();
  readonly listen = (receive: (value: T) => void, self?: unknown, subscriptions?: Disposable[]): Disposable => {
    const listener = receive.bind(self);
    this.#listeners.add(listener);
    const subscription = new Disposable(() => this.#listeners.delete(listener));
    subscriptions?.push(subscription);
    return subscription;
  };
  fire(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }
  get listeners(): number {
    return this.#listeners.size;
  }
}

export class Disposable {
  constructor(readonly end: () => void) {}
  static from(...all: Disposable[]): Disposable {
    return new Disposable(() => {
      for (const one of all) one.dispose();
    });
  }
  dispose(): void {
    this.end();
  }
}

export class Uri {
  constructor(
    readonly scheme: string,
    readonly path: string,
  ) {}
  get fsPath(): string {
    return this.path;
  }
  static parse(text: string): Uri {
    const url = new URL(text);
    return new Uri(url.protocol.slice(0, -1), decodeURIComponent(url.pathname));
  }
  static joinPath(base: Uri, ...parts: string[]): Uri {
    return new Uri(base.scheme, [base.path, ...parts].join('/'));
  }
  toString(): string {
    return `${this.scheme}://${this.path}`;
  }
}

export class Position {
  constructor(
    readonly line: number,
    readonly character: number,
  ) {}
}

export class Range {
  readonly start: Position;
  readonly end: Position;
  constructor(line: number | Position, character: number | Position, endLine = 0, endCharacter = 0) {
    this.start = typeof line === 'number' ? new Position(line, character as number) : line;
    this.end = typeof character === 'number' ? new Position(endLine, endCharacter) : character;
  }
  get active(): Position {
    return this.end;
  }
  isEqual(other: Range): boolean {
    return JSON.stringify(this) === JSON.stringify(other);
  }
}

export class ThemeColor {
  constructor(readonly id: string) {}
}

export const ViewColumn = { Active: -1, Beside: -2, One: 1 } as const;

/** A text editor on a file, with a caret. */
export const textEditor = (path: string, line = 0, character = 0) => ({
  document: {
    uri: Uri.parse(`file://${path}`),
    languageId: 'typescript',
    lineAt: (at: number) => ({ firstNonWhitespaceCharacterIndex: 2, text: editor.lines[at] ?? '' }),
  },
  selection: new Range(line, character, line, character),
  viewColumn: ViewColumn.One as number,
  marked: [] as Range[][],
  setDecorations(_type: unknown, ranges: Range[]) {
    this.marked.push(ranges);
  },
});
export type FakeEditor = ReturnType<typeof textEditor>;

/** A panel of the editor with its page: what was posted to it, and what it says. */
export class WebviewPanel {
  readonly posted: { rpc: string; name?: string; id?: number; params?: unknown; result?: unknown; error?: unknown }[] =
    [];
  readonly says = new Event<unknown>();
  readonly changes = new Event<void>();
  readonly #ends = new Event<void>();
  readonly onDidChangeViewState = this.changes.listen;
  readonly onDidDispose = this.#ends.listen;
  title = '';
  visible = true;
  active = true;
  reveals = 0;
  readonly webview = {
    options: {},
    html: '',
    cspSource: 'https://host',
    asWebviewUri: (uri: Uri) => uri,
    postMessage: async (message: (typeof this.posted)[number]) => this.posted.push(message),
    onDidReceiveMessage: this.says.listen,
  };
  reveal(): void {
    this.reveals++;
    this.visible = true;
  }
  dispose(): void {
    this.#ends.fire();
  }
  /** The names of the events it was sent. */
  get told(): (string | undefined)[] {
    return this.posted.filter(({ rpc }) => rpc === 'event').map(({ name }) => name);
  }
}

const selections = new Event<{ textEditor: FakeEditor }>();
const activations = new Event<FakeEditor | undefined>();
const registered = new Map<string, (argument?: unknown) => Promise<void>>();

/** What the tests look at and move. */
export const editor = {
  registered,
  panels: [] as WebviewPanel[],
  errors: [] as string[],
  /** What a person answers to the next error. */
  answer: undefined as string | undefined,
  /** What quick picks said, and which of their items a person takes, by a part of its label. */
  asked: [] as string[],
  pick: undefined as string | undefined,
  restore: undefined as ((view: WebviewPanel, state: unknown) => Promise<void>) | undefined,
  shown: [] as FakeEditor[],
  activate: (textEditor: FakeEditor) => activations.fire(textEditor),
  executed: [] as unknown[][],
  /** Of every document. */
  lines: [] as string[],
  copied: [] as string[],
  /** Where whatever is asked about is declared. */
  definitions: [] as unknown[],
  /** Text of what lies on the disk, by the end of its path. */
  files: { 'webview.js': 'start()', 'webview.css': 'main {}' } as Record<string, string>,
  /** By their names below `tensight`. */
  settings: {} as Record<string, unknown>,
  moveCaret: (textEditor: FakeEditor) => selections.fire({ textEditor }),
  get listeners() {
    return selections.listeners + activations.listeners;
  },
  reset(): void {
    registered.clear();
    this.panels = [];
    this.errors = [];
    this.shown = [];
    this.executed = [];
    this.lines = [];
    this.copied = [];
    this.definitions = [];
    this.settings = {};
    this.files = { 'webview.js': 'start()', 'webview.css': 'main {}' };
    this.answer = undefined;
    this.asked = [];
    this.pick = undefined;
    window.activeTextEditor = undefined;
    window.visibleTextEditors = [];
    workspace.isTrusted = true;
  },
};

/** Stands for `extension/host/bundled.ts`. */
export function readBundled(path: string): string {
  const text = editor.files[path.split('/').at(-1) ?? ''];
  if (text === undefined) throw new Error(`there is no ${path}`);
  return text;
}

export const commands = {
  async executeCommand(...all: unknown[]) {
    editor.executed.push(all);
    return all[0] === 'vscode.executeDefinitionProvider' ? editor.definitions : undefined;
  },
  registerCommand(name: string, act: (argument?: unknown) => Promise<void>) {
    registered.set(name, act);
    return new Disposable(() => registered.delete(name));
  },
};

export const window = {
  activeTextEditor: undefined as FakeEditor | undefined,
  visibleTextEditors: [] as FakeEditor[],
  showErrorMessage: async (message: string) => {
    editor.errors.push(message);
    return editor.answer;
  },
  showQuickPick: async (items: readonly { label: string }[], { placeHolder }: { placeHolder: string }) => {
    editor.asked.push(placeHolder);
    return items.find(({ label }) => editor.pick !== undefined && label.includes(editor.pick));
  },
  createWebviewPanel() {
    const panel = new WebviewPanel();
    editor.panels.push(panel);
    return panel;
  },
  registerWebviewPanelSerializer(
    _type: string,
    serializer: { deserializeWebviewPanel(view: WebviewPanel, state: unknown): Promise<void> },
  ) {
    editor.restore = serializer.deserializeWebviewPanel;
    return new Disposable(() => {
      editor.restore = undefined;
    });
  },
  onDidChangeTextEditorSelection: selections.listen,
  onDidChangeActiveTextEditor: activations.listen,
  createTextEditorDecorationType: () => new Disposable(() => {}),
  async showTextDocument({ uri }: { uri: Uri }, { selection }: { selection?: Range }) {
    const shown = textEditor(uri.path, selection?.start.line, selection?.start.character);
    editor.shown.push(shown);
    return shown;
  },
};

export const env = { clipboard: { writeText: async (text: string) => void editor.copied.push(text) } };

export const workspace = {
  getConfiguration: () => ({ get: (name: string) => editor.settings[name] }),
  isTrusted: true,
  openTextDocument: async (uri: Uri) => ({ ...textEditor(uri.path).document, uri }),
};
