import { commands, Disposable, type Uri, window, workspace } from 'vscode';
import { type LayerRef, lensPlaces, type RunParams, requests } from '../protocol/server.ts';
import type { Host } from './host.ts';
import { activeModelFile, focusCode } from './modelFile.ts';
import type { Panels } from './panels.ts';
import { registerRowCommands } from './rowCommands.ts';

/** What is wrong and what to try, as the sentences of one notification. */
function sentences({ message, hint }: { readonly message: string; readonly hint?: string | undefined }): string {
  return hint === undefined ? message : `${/[.!?…]$/.test(message) ? message : `${message}.`} ${hint}`;
}

/** Commands that run a model. */
const runs = new Set(['tensight.runLayer', 'tensight.runBackward', 'tensight.runModel', 'tensight.train']);

/** What every lens, link, button and palette entry does. */
export function registerCommands(host: Host, panels: Pick<Panels, 'active' | 'show' | 'setLocked'>): Disposable {
  const run = async (layer: LayerRef, mode: RunParams['mode']) => {
    panels.show(layer, mode === 'backward' ? 'gradients' : undefined);
    const update = await host.run(layer, mode);
    const problem = update?.run?.problems.find(({ severity }) => severity === 'error');
    if (problem !== undefined) await complain(sentences(problem));
  };
  /** Around what a person asked for: whatever goes wrong is told, and stands in the log. */
  const command = (name: string, act: (argument?: unknown) => Promise<void> | void) =>
    commands.registerCommand(name, async (argument?: unknown) => {
      try {
        if (!workspace.isTrusted && runs.has(name))
          throw new Error(
            'This workspace is not trusted, so Tensight runs no models in it. Trust it to see its models.',
          );
        await act(argument);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        host.log.error(`${name}: ${message}`);
        await complain(message);
      }
    });
  const complain = async (message: string) => {
    if ((await window.showErrorMessage(`Tensight: ${message}`, 'Show Log')) === 'Show Log') host.log.show();
  };
  const target = async (argument: unknown): Promise<LayerRef> =>
    asLayer(argument) ?? (await layerAtCaret(host, panels.active));
  const whole = ({ uri, model, at }: LayerRef): LayerRef => ({
    uri,
    ...(model === undefined ? {} : { model }),
    ...(at === undefined ? {} : { at }),
  });

  const train = async (model: LayerRef) => {
    panels.show(model, 'training');
    const { state, problem } = await host.ask(requests.train, model);
    if (state === 'failed' && problem !== undefined) await complain(sentences(problem));
  };
  const model = async (argument: unknown): Promise<LayerRef> =>
    whole(asLayer(argument) ?? (await layerAtCaret(host, panels.active)));

  return Disposable.from(
    registerRowCommands(host, (message) => void complain(message)),
    command('tensight.runLayer', async (argument) => run(await target(argument), 'forward')),
    command('tensight.runBackward', async (argument) => run(await target(argument), 'backward')),
    command('tensight.runModel', async (argument) =>
      run(asLayer(argument) ?? whole(await layerAtCaret(host, panels.active)), 'forward'),
    ),
    command('tensight.actions', async (argument) => {
      const going = host.stateOf(asLayer(argument)?.uri ?? '')?.run;
      const placeHolder =
        going === undefined ? 'Choose what to do with it' : `A run ends the ${going.mode} run that is under way`;
      const chosen = await window.showQuickPick(actionsOf(argument), { placeHolder });
      if (chosen !== undefined) await commands.executeCommand(chosen.command, argument);
    }),
    command('tensight.stopRun', async (argument) => {
      const { uri } = asLayer(argument) ?? (await layerAtCaret(host, panels.active));
      await host.ask(requests.stopRun, { uri });
    }),
    command('tensight.train', async (argument) => train(await model(argument))),
    command('tensight.stopTraining', async (argument) => {
      await host.ask(
        requests.stopTraining,
        asLayer(argument) ?? { uri: (await layerAtCaret(host, panels.active)).uri },
      );
    }),
    command('tensight.showTraining', async (argument) => panels.show(await model(argument), 'training')),
    command('tensight.showAttention', async (argument) => panels.show(await model(argument), 'attention')),
    command('tensight.showGradients', async (argument) => panels.show(await model(argument), 'gradients')),
    command('tensight.inspect', async (argument) => panels.show(await target(argument), 'shapes')),
    command('tensight.nextProblem', async () => {
      await focusCode(fileInFront(panels.active));
      await commands.executeCommand('editor.action.marker.nextInFiles');
    }),
    command('tensight.openPanel', async () => panels.show(whole(await layerAtCaret(host, panels.active)))),
    command('tensight.lockPanel', () => panels.setLocked(true)),
    command('tensight.unlockPanel', () => panels.setLocked(false)),
    command('tensight.restartEngine', () => host.restart()),
    command('tensight.showLog', () => host.log.show()),
  );
}

/** What a lens offers, the likeliest first. */
function actionsOf(argument: unknown) {
  const layer = asLayer(argument);
  const trains = typeof argument === 'object' && argument !== null && 'trains' in argument && argument.trains === true;
  return [
    layer?.layer === undefined
      ? { label: '$(play) Run model', command: 'tensight.runModel' }
      : { label: '$(play) Run layer', command: 'tensight.runLayer' },
    { label: '$(debug-reverse-continue) Backward', command: 'tensight.runBackward' },
    ...(trains ? [{ label: '$(mortar-board) Train', command: 'tensight.train' }] : []),
    { label: '$(inspect) Inspect', command: 'tensight.inspect' },
  ];
}

/** Lenses and links hand over a LayerRef; so may a keybinding of a person's own. */
function asLayer(argument: unknown): LayerRef | undefined {
  if (typeof argument !== 'object' || argument === null || !('uri' in argument)) return undefined;
  const { uri } = argument;
  if (typeof uri !== 'string') return undefined;
  const model = 'model' in argument && typeof argument.model === 'string' ? argument.model : undefined;
  const layer = 'layer' in argument && Array.isArray(argument.layer) ? argument.layer.map(String) : undefined;
  const at = 'at' in argument ? lensPlaces.find((place) => place === argument.at) : undefined;
  return {
    uri,
    ...(model === undefined ? {} : { model }),
    ...(layer === undefined ? {} : { layer }),
    ...(at === undefined ? {} : { at }),
  };
}

function fileInFront(panel: string | undefined): Uri {
  const uri = activeModelFile(panel);
  if (uri === undefined) throw new Error('Open a .model.ts file first.');
  return uri;
}

async function layerAtCaret(host: Host, panel: string | undefined): Promise<LayerRef> {
  const uri = fileInFront(panel);
  const editor = window.activeTextEditor;
  if (editor?.document.uri.toString() !== uri.toString()) return { uri: uri.toString() };
  const { line, character } = editor.selection.active;
  const answer = await host.ask(requests.caret, { uri: uri.toString(), position: { line, character } });
  return answer?.layer ?? { uri: uri.toString() };
}
