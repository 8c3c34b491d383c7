/** Starts the panel's page. */
import './styles/main.css';
import { render } from 'preact';
import { listenToEscape } from './escape.ts';
import { listen } from './state.ts';
import { watchTheme } from './theme.ts';
import { registerControls } from './ui/toolkit.tsx';
import { App } from './views/App.tsx';

// For `npm run bench:panel`, which says what the time to the first picture is spent on.
performance.mark('tensight.evaluated');
registerControls();
watchTheme();
const root = document.getElementById('root');
if (root === null) throw new Error('The page has no element #root to draw in');
render(<App />, root);
performance.mark('tensight.drawn');
listen();
listenToEscape();
