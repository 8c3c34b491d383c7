/** Words in, indices out, and texts written by a model. */
export { type BeamOptions, beamSearch, type Hypothesis } from './beamSearch.ts';
export { type GenerateOptions, generate } from './generate.ts';
export { Asker, type AskOptions, type LanguageModel, type NextTokens } from './languageModel.ts';
export { greedy, logProbabilities, type SamplingOptions, sample } from './sampling.ts';
export { type TokensOptions, tokens } from './tokens.ts';
export { Vocabulary, type VocabularyOptions } from './vocabulary.ts';
