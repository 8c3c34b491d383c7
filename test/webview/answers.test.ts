import { describe, expect, test } from 'vitest';
import { checkFromEditor, checkFromWebview } from '../../extension/protocol/panel.ts';
import { checkAnswer } from '../../extension/protocol/queries.ts';
import { answers } from '../../webview/dev/engine.ts';
import { transformer } from '../../webview/dev/traces/models.ts';
import { training } from '../../webview/dev/training.ts';

const trace = transformer({ mode: 'backward', run: 2 });
const good = { rows: 2, columns: 2, sourceRows: 2, sourceColumns: 2, mean: new Float32Array(4), min: 0, max: 1 };

describe('What comes in', () => {
  test('an update, a selection and the state of ours pass', () => {
    expect(() => checkFromEditor('update', { uri: 'a', run: trace, outOfDate: false })).not.toThrow();
    expect(() => checkFromEditor('select', { view: 'shapes', layer: 'encoder' })).not.toThrow();
    const state = { uri: 'a', trusted: true, summary: '', shapes: false };
    const run = { mode: 'forward', startedAt: 1, stopping: false, phase: undefined, ops: 3, bytes: 4 };
    expect(() => checkFromEditor('state', { ...state, run, lastRun: undefined })).not.toThrow();
    expect(() => checkFromEditor('state', { ...state, run: { ...run, mode: 'sideways' } })).toThrow();
  });

  test('news of a training passes, whole and of bearable size', () => {
    const news = training('a', 'default', 61_234, 100_000);
    expect(checkFromEditor('training', news)).toEqual(news);
    const { curve } = news;
    const long = new Array(1025).fill(1);
    for (const bad of [
      { ...news, state: 'asleep' },
      { ...news, step: -1 },
      { ...news, curve: { ...curve, min: curve.min.slice(1) } },
      { ...news, curve: { width: 1, mean: long, min: long, max: long } },
      { ...news, result: { picture: {} } },
      { ...news, problem: { severity: 'error', message: 'a', place: { file: 'a', range: 3 } } },
      { ...news, more: 1 },
    ])
      expect(() => checkFromEditor('training', bad)).toThrow();
  });

  test('what the page may ask of a training is one of three', () => {
    const ask = { model: 'default' };
    expect(checkFromWebview('train', ask)).toEqual(ask);
    expect(checkFromWebview('stopTraining', ask)).toEqual(ask);
    expect(checkFromWebview('parameters', { ...ask, use: 'initial' })).toEqual({ ...ask, use: 'initial' });
    expect(() => checkFromWebview('train', { ...ask, steps: 1e9 })).toThrow();
    expect(() => checkFromWebview('train', { model: 'm'.repeat(1001) })).toThrow();
    expect(() => checkFromWebview('parameters', { ...ask, use: 'none' })).toThrow();
  });

  test('anything else is turned away', () => {
    expect(() => checkFromEditor('update', { uri: 'a', outOfDate: false, run: { format: 'other' } })).toThrow();
    expect(() => checkFromEditor('select', { view: 3 })).toThrow();
    expect(() => checkFromEditor('constructor', {})).toThrow();
  });

  test('a tile’s buffers are as long as its cells', () => {
    expect(checkAnswer('tile', good).mean).toHaveLength(4);
    expect(() => checkAnswer('tile', { ...good, mean: new Float32Array(3) })).toThrow(/as long as/);
    expect(() => checkAnswer('tile', { ...good, masked: new Uint8Array(1) })).toThrow(/as long as/);
    expect(() => checkAnswer('tile', { ...good, mean: [0, 0, 0, 0] })).toThrow();
    expect(() => checkAnswer('attentionGrid', { heads: [{ ...good, entropy: 1 }] })).toThrow();
  });

  test('a tensor without a finite element has no extremes', () => {
    const none = { min: Number.NaN, max: Number.NaN };
    expect(checkAnswer('tile', { ...good, ...none }).min).toBeNaN();
    expect(checkAnswer('histogram', { ...none, counts: [0], total: 4, nonFinite: 4, zeros: 0 }).nonFinite).toBe(4);
    const head = { ...good, ...none, entropy: Number.NaN, peak: Number.NaN };
    expect(checkAnswer('attentionGrid', { heads: [head] }).heads).toHaveLength(1);
    expect(() => checkAnswer('tile', { ...good, min: null })).toThrow();
  });

  test('what the development page answers passes the same checks', () => {
    const tensor = { run: 2, model: 0, tensor: 0, of: 'value' as const };
    const attention = { run: 2, model: 0, attention: 2, batch: 0 };
    checkAnswer(
      'tile',
      answers.tile(trace, { ...tensor, at: [], rows: [0, 32], columns: [0, 64], maxRows: 8, maxColumns: 8 }),
    );
    checkAnswer('histogram', answers.histogram(trace, { ...tensor, bins: 16 }));
    checkAnswer('attentionGrid', answers.attentionGrid(trace, { ...attention, maxSize: 4 }));
    checkAnswer(
      'attentionMap',
      answers.attentionMap(trace, { ...attention, head: 1, of: 'scores', maxRows: 64, maxColumns: 64 }),
    );
  });
});
