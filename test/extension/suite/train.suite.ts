import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { type CodeLens, commands, type TextDocument, Uri, window, workspace } from 'vscode';
import { codeLenses, until } from './editor.ts';

const examples = join(import.meta.dirname, '../../examples');
/** Training that takes longer is stopped, which is a way to end, too. */
const enough = 400;

const trains = ({ command }: CodeLens): boolean => command?.arguments?.[0]?.trains === true;

/** The lenses of each model of a file that has one to train or to stop it, from top to bottom. */
async function trainLenses(document: TextDocument): Promise<readonly CodeLens[][]> {
  const lines = await codeLenses(document);
  const stops = ({ command }: CodeLens) => command?.command === 'tensight.stopTraining';
  // The class that is the model has a lens, too.
  const ofModel = ({ command }: CodeLens) => command?.arguments?.[0]?.at === 'model';
  return [...lines]
    .sort(([a], [b]) => a - b)
    .flatMap(([, lenses]) => (lenses.some((lens) => ofModel(lens) && (trains(lens) || stops(lens))) ? [lenses] : []));
}

async function click({ command }: CodeLens): Promise<void> {
  await commands.executeCommand(command!.command, ...(command!.arguments ?? []));
}

const find = (lenses: readonly CodeLens[] | undefined, title: RegExp): CodeLens | undefined =>
  lenses?.find(({ command }) => title.test(command?.title ?? ''));

/** Trains a model and stops it after a while, where it is not done by then. Gives what its lens says at the end. */
async function trained(document: TextDocument, index: number, ms: number): Promise<string> {
  const train = (await trainLenses(document))[index]?.find(trains);
  assert.ok(train, 'a lens that trains');
  const done = commands.executeCommand('tensight.train', ...(train.command?.arguments ?? []));
  const late = new Promise((resolve) => setTimeout(() => resolve('late'), ms));
  if ((await Promise.race([done, late])) === 'late') {
    const stop = await until('a lens that stops, or the end', async () => {
      const lenses = (await trainLenses(document))[index];
      return find(lenses, /^◼ Stop training$/) ?? find(lenses, /^✓ trained/);
    });
    if (stop.command?.command === 'tensight.stopTraining') await click(stop);
    await done;
  }
  const ended = await until('what it came to', async () =>
    find((await trainLenses(document))[index], /^(✓ trained|◼ stopped at step) \d|^◼ training stopped/),
  );
  return ended.command!.title;
}

/** Whether a lens tells of two losses that are not the same. */
function hasLearned(title: string): boolean {
  const [, first, last] = /loss (\S+) → (\S+)$/.exec(title) ?? [];
  return first !== undefined && first !== last;
}

/** One model, several of them, tokens, images, two networks in one: the lens is the same for all, and what each comes to is tested elsewhere. */
const lessons = ['linear', 'memory', 'gpt', 'cnn', 'transformer'];

describe('A lesson is trained from its lens', () => {
  for (const lesson of lessons)
    it(lesson, async function () {
      this.timeout(600_000);
      const document = await workspace.openTextDocument(Uri.file(join(examples, `${lesson}.model.ts`)));
      await window.showTextDocument(document);
      const models = await until('a lens that trains', async () => {
        const found = await trainLenses(document);
        return found.length > 0 && found;
      });
      // Each has its lens where it is defined.
      assert.equal(models.length, document.getText().match(/= defineModel\(|default defineModel\(/g)?.length);
      // What each of them comes to is tested without an editor.
      // The last is the one that learns where they are compared.
      const last = models.length - 1;
      let ended = await trained(document, last, enough);
      // On a busy machine hardly a step may have been made by then.
      for (let ms = enough; /stopped/.test(ended) && !hasLearned(ended); ms *= 3)
        ended = await trained(document, last, ms * 3);
      assert.ok(hasLearned(ended), ended);
      await commands.executeCommand('workbench.action.closeAllEditors');
    });
});
