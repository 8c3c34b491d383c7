/** The page: who the model is, what is wrong, and the ways to look at it. */
import { manageTrust, models, scene, trusted, update, view } from '../state.ts';
import { Empty } from '../ui/Empty.tsx';
import { ProgressRing, Tabs } from '../ui/toolkit.tsx';
import { Header } from './Header.tsx';
import { views } from './index.ts';
import { Origins } from './Origins.tsx';
import { Problems } from './Problems.tsx';

export function App() {
  const now = scene.value;
  if (!trusted.value)
    return (
      <main class="page">
        <h1 class="for-listeners">Tensight</h1>
        <Empty
          icon="shield"
          title="Trust this folder to see its models"
          testId="untrusted"
          action={{ label: 'Trust this folder…', testId: 'manage-trust', run: () => void manageTrust() }}
        >
          Tensight shows a model by running its file. In a folder that is not trusted it runs nothing.
        </Empty>
      </main>
    );
  if (update.value === null)
    return (
      <main class="page waiting" data-testid="waiting">
        <h1 class="for-listeners">Tensight</h1>
        <ProgressRing />
        <p class="quiet">Finding the shapes…</p>
      </main>
    );
  if (now === undefined)
    return (
      <main class="page">
        <h1 class="for-listeners">Tensight</h1>
        <Problems />
        {models.value.length === 0 && (
          <Empty icon="symbol-structure" title="No model yet" testId="no-model">
            Export one from this file with <code>export default defineModel(…)</code>, and it shows here while you type.
          </Empty>
        )}
      </main>
    );
  return (
    <main class="page" data-testid="panel" data-run={now.base.file.run} data-mode={now.values?.file.mode ?? 'shape'}>
      <Header scene={now} />
      <Problems />
      <Tabs
        class="views"
        label="Views of the model"
        end={<Origins scene={now} />}
        active={views.some(({ id }) => id === view.value) ? view.value : (views[0]?.id ?? '')}
        onChange={(next) => {
          view.value = next;
        }}
        tabs={views.map(({ id, label, icon, Content }) => ({ id, label, icon, content: <Content scene={now} /> }))}
      />
    </main>
  );
}
