/** How attention is shown. */
import * as v from 'valibot';
import type { AttentionRecord } from '../../../core/trace/trace.ts';
import { type Role, roles } from '../../../extension/reading/attention.ts';
import { persisted } from '../../persisted.ts';
import { type Order, orders } from './order.ts';

const mapsOf = v.picklist(['weights', 'scores', 'gradient']);
export type MapOf = v.InferOutput<typeof mapsOf>;

export const mapOf = persisted<MapOf>('attention.of', 'weights', mapsOf);
const scales = v.picklist(['map', 'root', 'row', 'unit']);
export type Scale = v.InferOutput<typeof scales>;
/** What colours of weights stand for, where it was chosen. */
export const colourScale = persisted<Scale | undefined>('attention.scale', undefined, v.optional(scales));
/** Keys from which each row has a range of its own by default: the average weight of row n is 1/n, so that late rows would be pale. */
const longKeys = 48;

/** As chosen; by default what shows something of a map of its length. */
export const scaleOf = ({ keyLength }: AttentionRecord): Scale =>
  colourScale.value ?? (keyLength >= longKeys ? 'row' : 'map');

export const hideSink = persisted('attention.hideSink', false);
/** Heads as rows of numbers in place of small maps, and in which order. */
export const asList = persisted('attention.list', false);
export const headOrder = persisted<{ readonly by: Order; readonly descending: boolean }>(
  'attention.order',
  { by: 'layer', descending: false },
  v.object({ by: v.picklist(orders), descending: v.boolean() }),
);
export const asTable = persisted('attention.table', false);
export const role = persisted<Role | 'all'>('attention.role', 'all', v.picklist(['all', ...roles]));
export const extremes = persisted('attention.extremes', false);
