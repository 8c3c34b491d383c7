/** What the memory scripts use of the extension: an engine in its thread, and the compiler of what it runs. */
export { EngineHost } from '../../extension/engine/runner.ts';
export { SourceCompiler } from '../../extension/source/program.ts';
