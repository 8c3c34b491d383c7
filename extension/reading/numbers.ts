/** How numbers read: as in the engine's own messages. */
export * from '../../core/format/numbers.ts';
