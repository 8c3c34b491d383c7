/** The encoder alone, and the decoder alone. */
import { comeToWhatTheyState } from './lessons.ts';

comeToWhatTheyState('halves');
