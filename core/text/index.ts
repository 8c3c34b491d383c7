/** Words in, indices out. */
export { type TokensOptions, tokens } from './tokens.ts';
export { Vocabulary, type VocabularyOptions } from './vocabulary.ts';
