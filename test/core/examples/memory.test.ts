/** How far back recurrent networks and a transformer remember. */
import { comeToWhatTheyState } from './lessons.ts';

comeToWhatTheyState('memory');
