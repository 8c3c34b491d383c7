/** Words reversed with the attention of an encoder and a decoder. */
import { comeToWhatTheyState } from './lessons.ts';

comeToWhatTheyState('seq2seq');
