/** An engine that is bundled once for all test files that need no other: it takes longer than many of them. */
import type { TestProject } from 'vitest/node';
import { bundleEngine } from '../extension/engine/bundle.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly engineScript: string;
  }
}

export default async function setup(project: TestProject): Promise<() => void> {
  const engine = await bundleEngine();
  project.provide('engineScript', engine.script);
  return () => engine.dispose();
}
