/** Networks without sequences: a line fitted, XOR, images, a feed-forward block. */
import { comeToWhatTheyState } from './lessons.ts';

comeToWhatTheyState('basics');
