/** How attention is shown. */
import * as v from 'valibot';
import { type Role, roles } from '../../../extension/reading/attention.ts';
import { persisted } from '../../persisted.ts';

const mapsOf = v.picklist(['weights', 'scores', 'gradient']);
export type MapOf = v.InferOutput<typeof mapsOf>;

export const mapOf = persisted<MapOf>('attention.of', 'weights', mapsOf);
export const colourScale = persisted<'map' | 'root' | 'row' | 'unit'>(
  'attention.scale',
  'map',
  v.picklist(['map', 'root', 'row', 'unit']),
);
export const hideSink = persisted('attention.hideSink', false);
export const asTable = persisted('attention.table', false);
export const role = persisted<Role | 'all'>('attention.role', 'all', v.picklist(['all', ...roles]));
export const extremes = persisted('attention.extremes', false);
