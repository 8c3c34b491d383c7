import { DefaultReporter, type TestCase, type TestModule } from 'vitest/node';

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * Vitest's own report of a golden run, closed by what is not implemented yet, by name, a line a backend, and one line
 * `N passed, M failed, K skipped` for all.
 */
export default class GoldenReporter extends DefaultReporter {
  override onTestRunEnd(...args: Parameters<DefaultReporter['onTestRunEnd']>): void {
    super.onTestRunEnd(...args);
    const [modules, errors] = args;
    const { missing, backends, total } = countTests(modules);
    total.failed += errors.length;
    for (const [what, cases] of [...missing].sort(([a], [b]) => a.localeCompare(b)))
      console.log(`skipped: ${what} (${cases} ${cases === 1 ? 'case' : 'cases'})`);
    for (const [name, count] of backends) console.log(`${name}: ${text(count)}`);
    console.log(text(total));
  }
}

const text = ({ passed, failed, skipped }: Count) => `${passed} passed, ${failed} failed, ${skipped} skipped`;

function countTests(modules: readonly TestModule[]) {
  const total: Count = { passed: 0, failed: 0, skipped: 0 };
  const backends = new Map<string, Count>();
  const missing = new Map<string, number>();
  for (const module of modules) {
    // A file that fails to load has no tests to count.
    total.failed += module.errors().length;
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (result.state === 'pending') continue;
      const name = outermost(test);
      const own = backends.get(name) ?? { passed: 0, failed: 0, skipped: 0 };
      backends.set(name, own);
      own[result.state]++;
      total[result.state]++;
      if (result.state !== 'skipped') continue;
      const what = result.note ?? 'without a reason';
      missing.set(what, (missing.get(what) ?? 0) + 1);
    }
  }
  return { total, backends, missing };
}

/** The name of the outermost suite a test is in: its backend. */
function outermost(test: TestCase): string {
  let suite = test.parent;
  while (suite.type === 'suite' && suite.parent.type === 'suite') suite = suite.parent;
  return suite.type === 'suite' ? suite.name : '';
}
