/** What the memory scripts use of the extension: an engine in its thread, and the compiler of what it runs. */

export { SourceCompiler } from '../../extension/compiler/program.ts';
export { EngineHost } from '../../extension/engine/runner.ts';
