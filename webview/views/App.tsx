/** The page: who the model is, what is wrong, and four ways to look at it. */
import type { PanelView } from '../../extension/protocol/panel.ts';
import { models, scene, update, view } from '../state.ts';
import { Empty } from '../ui/Empty.tsx';
import { ProgressRing, Tabs } from '../ui/toolkit.tsx';
import { AttentionView } from './attention/AttentionView.tsx';
import { GradientsView } from './gradients/GradientsView.tsx';
import { Header } from './Header.tsx';
import { Problems } from './Problems.tsx';
import { ShapesView } from './shapes/ShapesView.tsx';
import { TrainingView } from './training/TrainingView.tsx';

export function App() {
  const now = scene.value;
  if (update.value === null)
    return (
      <main class="page waiting" data-testid="waiting">
        <ProgressRing />
      </main>
    );
  if (now === undefined)
    return (
      <main class="page">
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
      <Tabs<PanelView>
        class="views"
        label="Views of the model"
        active={view.value}
        onChange={(next) => {
          view.value = next;
        }}
        tabs={[
          { id: 'shapes', label: 'Shapes', content: <ShapesView scene={now} /> },
          { id: 'attention', label: 'Attention', content: <AttentionView scene={now} /> },
          { id: 'gradients', label: 'Gradients', content: <GradientsView scene={now} /> },
          { id: 'training', label: 'Training', content: <TrainingView scene={now} /> },
        ]}
      />
    </main>
  );
}
