/** The views of a model: a folder each, and a line here. */
import type { FunctionComponent } from 'preact';
import type { Scene } from '../../extension/reading/scene.ts';
import { AttentionView } from './attention/AttentionView.tsx';
import { GradientsView } from './gradients/GradientsView.tsx';
import { ShapesView } from './shapes/ShapesView.tsx';
import { TrainingView } from './training/TrainingView.tsx';

interface View {
  /** What the editor asks for it by. */
  readonly id: string;
  readonly label: string;
  /** Instead of the label where there is little room. */
  readonly icon: string;
  readonly Content: FunctionComponent<{ readonly scene: Scene }>;
}

/** In the order of their tabs. The first is shown where nothing else was asked for. */
export const views: readonly View[] = [
  { id: 'shapes', label: 'Shapes', icon: 'list-tree', Content: ShapesView },
  { id: 'attention', label: 'Attention', icon: 'eye', Content: AttentionView },
  { id: 'gradients', label: 'Gradients', icon: 'graph-line', Content: GradientsView },
  { id: 'training', label: 'Training', icon: 'mortar-board', Content: TrainingView },
];
