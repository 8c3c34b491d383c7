/** The engine's thread as it is, and what it takes to ask what it holds. */
import './left.ts';
import '../../extension/engine/worker.ts';
