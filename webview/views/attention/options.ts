/** How attention is shown; kept while the page lives. */
import { signal } from '@preact/signals';
import type { Role } from '../../trace/attention.ts';

export type MapOf = 'weights' | 'scores' | 'gradient';

export const mapOf = signal<MapOf>('weights');
export const colourScale = signal<'map' | 'root' | 'row' | 'unit'>('map');
export const hideSink = signal(false);
export const asTable = signal(false);
export const role = signal<Role | 'all'>('all');
export const extremes = signal(false);
