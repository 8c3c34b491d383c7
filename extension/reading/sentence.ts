/** How messages read, wherever one is shown. */
export { asSentence } from '../../core/format/sentence.ts';
