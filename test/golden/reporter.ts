import { DefaultReporter, type TestModule } from 'vitest/node';

/**
 * Vitest's own report of a golden run, closed by what is not implemented yet, by name, and by one line
 * `N passed, M failed, K skipped`.
 */
export default class GoldenReporter extends DefaultReporter {
  override onTestRunEnd(...args: Parameters<DefaultReporter['onTestRunEnd']>): void {
    super.onTestRunEnd(...args);
    const [modules, errors] = args;
    const { missing, ...count } = countTests(modules);
    for (const [what, cases] of [...missing].sort(([a], [b]) => a.localeCompare(b)))
      console.log(`skipped: ${what} (${cases} ${cases === 1 ? 'case' : 'cases'})`);
    console.log(`${count.passed} passed, ${count.failed + errors.length} failed, ${count.skipped} skipped`);
  }
}

function countTests(modules: readonly TestModule[]) {
  const count = { passed: 0, failed: 0, skipped: 0, missing: new Map<string, number>() };
  for (const module of modules) {
    // A file that fails to load has no tests to count.
    count.failed += module.errors().length;
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (result.state === 'pending') continue;
      count[result.state]++;
      if (result.state !== 'skipped') continue;
      const what = result.note ?? 'without a reason';
      count.missing.set(what, (count.missing.get(what) ?? 0) + 1);
    }
  }
  return count;
}
