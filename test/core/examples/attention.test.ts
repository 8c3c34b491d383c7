/** Positions, heads, add & norm, and what attention looks at. */
import { comeToWhatTheyState } from './lessons.ts';

comeToWhatTheyState('attention');
