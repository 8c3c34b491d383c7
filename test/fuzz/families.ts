/** All that can be drawn, by family and name. */
import type fc from 'fast-check';
import { callCases } from './calls.ts';
import type { Case } from './case.ts';
import { graphCases } from './graphs.ts';
import { layerCases } from './layers.ts';
import { operations } from './operations.ts';

export interface Source {
  readonly family: string;
  readonly name: string;
  readonly cases: fc.Arbitrary<Case>;
}

const listed = (family: string, all: Readonly<Record<string, fc.Arbitrary<Case>>>): Source[] =>
  Object.entries(all).map(([name, cases]) => ({ family, name, cases }));

/** Graphs stand for all operations together: as many of them as of a third of all names. */
const graphs = Array.from({ length: 60 }, () => listed('graph', graphCases)).flat();

export const sources: readonly Source[] = [
  ...listed('operation', operations),
  ...listed('call', callCases),
  ...listed('layer', layerCases),
  ...graphs,
];
