/** The whole transformer, and GPT. */
import { comeToWhatTheyState } from './lessons.ts';

comeToWhatTheyState('transformer');
