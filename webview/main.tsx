/** Starts the panel's page. */
import './styles/main.css';
import { render } from 'preact';
import { listenToEscape } from './escape.ts';
import { restored } from './persisted.ts';
import { listen } from './state.ts';
import { watchTheme } from './theme.ts';
import { registerControls } from './ui/toolkit.tsx';
import { App } from './views/App.tsx';

// Marks are for `npm run bench:panel`, which says what the time to the first picture is spent on, and for tests that wait.
performance.mark('tensight.evaluated');
registerControls();
watchTheme();
const root = document.getElementById('root');
if (root === null) throw new Error('The page has no element #root to draw in');
render(<App />, root);
performance.mark('tensight.drawn');
if (restored.peek()) afterFrame(start);
else start();
listenToEscape();

function start(): void {
  listen();
  performance.mark('tensight.listening');
}

/** What was there before is seen before there is news of it; a page that is out of sight has no frames to wait for. */
function afterFrame(act: () => void): void {
  let done = false;
  const once = (): void => {
    if (!done) act();
    done = true;
  };
  requestAnimationFrame(() => setTimeout(once, 0));
  setTimeout(once, 300);
}
