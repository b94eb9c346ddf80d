import fc from 'fast-check';
import { displayWidth } from './display-width';
import { createProgress, renderBar, renderLine } from './progress';

function display(tty: boolean, width = 60) {
  let written = '';
  const progress = createProgress({ write: (text) => (written += text) }, { tty, width });
  return { progress, written: () => written };
}

describe('the bar', () => {
  it('shows phase, share and count', () => {
    expect(renderBar({ phase: 'extracting', done: 12, total: 20, note: 'session s3' }, 80)).toBe(
      `extracting   ${'█'.repeat(18)}${'░'.repeat(12)}  60 %  12 of 20  session s3`,
    );
  });

  it('shows only the count while the total is unknown, and reaches 100 % only at the end', () => {
    expect(renderBar({ phase: 'reading', done: 7, total: 0 }, 80)).toBe('reading      7');
    expect(renderLine({ phase: 'embedding', done: 999, total: 1000 })).toBe('embedding: 99 % (999 of 1000)');
    expect(renderLine({ phase: 'embedding', done: 29, total: 100 })).toBe('embedding: 29 % (29 of 100)');
  });

  it('is never wider than the terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(), fc.nat(), fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 200 }), (phase, done, total, note, width) =>
        displayWidth(renderBar({ phase, done, total, note }, width)) <= width,
      ),
    );
  });
});

describe('on a terminal', () => {
  it('redraws in place, logs above the bar and gives way to the summary', () => {
    const { progress, written } = display(true);
    progress.update({ phase: 'extracting', done: 1, total: 2 });
    progress.update({ phase: 'extracting', done: 1, total: 2 });
    progress.log('one fact');
    progress.finish('2 facts');
    progress.update({ phase: 'extracting', done: 2, total: 2 });
    const bar = renderBar({ phase: 'extracting', done: 1, total: 2 }, 59);
    const erase = '\r\u001b[2K';
    expect(written()).toBe(`${erase}${bar}${erase}one fact\n${bar}${erase}2 facts\n`);
  });

  it('leaves the last bar standing when there is no summary', () => {
    const { progress, written } = display(true);
    progress.update({ phase: 'done', done: 2, total: 2 });
    progress.finish();
    expect(written()).toMatch(/2 of 2\n$/);
  });
});

describe('in a pipe', () => {
  it('writes a plain line when the phase or the tenth changes', () => {
    const { progress, written } = display(false);
    for (let done = 0; done <= 40; done += 1) progress.update({ phase: 'extracting', done, total: 40 });
    progress.update({ phase: 'embedding', done: 0, total: 5 });
    progress.finish('done');
    const lines = written().trimEnd().split('\n');
    expect(lines).toHaveLength(13);
    expect(lines.slice(0, 2)).toEqual(['extracting: 0 % (0 of 40)', 'extracting: 10 % (4 of 40)']);
    expect(lines.slice(-3)).toEqual(['extracting: 100 % (40 of 40)', 'embedding: 0 % (0 of 5)', 'done']);
    expect(written()).not.toContain('\u001b');
  });
});
