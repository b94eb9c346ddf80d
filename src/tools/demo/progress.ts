import { displayWidth, fit, printable, truncate } from './display-width';

/** How far a piece of work is. */
export interface Progress {
  /** `extracting`, `embedding`: one word. */
  readonly phase: string;
  readonly done: number;
  /** 0 while it is not known yet. */
  readonly total: number;
  /** What is happening right now; the first to go when the line is narrow. */
  readonly note?: string;
}

export interface ProgressDisplay {
  update(progress: Progress): void;
  /** A line of its own; on a terminal it appears above the bar. */
  log(line: string): void;
  /** Ends the display; on a terminal the bar gives way to `summary`. Later calls do nothing. */
  finish(summary?: string): void;
}

export interface ProgressOutput {
  write(text: string): unknown;
}

const WIDEST_BAR = 30;
const NARROWEST_BAR = 8;
const PHASE_WIDTH = 12;
const ERASE_LINE = '\r\u001b[2K';

/** Done as a share from 0 to 1; null while the total is unknown. */
export const share = ({ done, total }: Progress): number | null => (total > 0 ? Math.min(1, Math.max(0, done / total)) : null);

/** `extracting   ██████░░░░  60 %  12 of 20  session s3`, never wider than `width` columns. */
export function renderBar(progress: Progress, width: number): string {
  const part = share(progress);
  const phase = fit(printable(progress.phase), Math.max(PHASE_WIDTH, displayWidth(progress.phase)));
  const count = part === null ? `${progress.done}` : `${percent(progress).padStart(5)}  ${progress.done} of ${progress.total}`;
  const room = width - displayWidth(phase) - count.length - 2;
  const length = part === null || room < NARROWEST_BAR ? 0 : Math.min(WIDEST_BAR, room);
  const filled = Math.floor(length * (part ?? 0));
  const bar = length === 0 ? '' : `${'█'.repeat(filled)}${'░'.repeat(length - filled)} `;
  const note = progress.note === undefined ? '' : `  ${printable(progress.note)}`;
  return truncate(`${phase} ${bar}${count}${note}`, width);
}

/** `extracting: 60 % (12 of 20)`, for a log. */
export function renderLine(progress: Progress): string {
  const part = share(progress);
  return part === null
    ? `${progress.phase}: ${progress.done}`
    : `${progress.phase}: ${percent(progress)} (${progress.done} of ${progress.total})`;
}

/** Rounded down: 100 % means that nothing is left. */
const percent = (progress: Progress): string => `${steps(progress, 100)} %`;

/** Multiplied before divided: 0.29 × 100 is 28.99… in floating point. */
const steps = ({ done, total }: Progress, of: number): number => Math.min(of, Math.max(0, Math.floor((done * of) / total)));

/** On a terminal a bar that is redrawn in place; elsewhere a plain line when the phase or the tenth changes. */
export const createProgress = (out: ProgressOutput, terminal: { readonly tty: boolean; readonly width: number }): ProgressDisplay =>
  terminal.tty ? barDisplay(out, terminal.width) : lineDisplay(out);

function barDisplay(out: ProgressOutput, width: number): ProgressDisplay {
  let drawn: string | null = null;
  let finished = false;
  return {
    update: (progress) => {
      // One column less than there are: a terminal that fills its last column breaks the line.
      const bar = renderBar(progress, width - 1);
      if (finished || bar === drawn) return;
      out.write(ERASE_LINE + bar);
      drawn = bar;
    },
    log: (line) => {
      out.write(drawn === null || finished ? `${line}\n` : `${ERASE_LINE}${line}\n${drawn}`);
    },
    finish: (summary) => {
      if (finished) return;
      finished = true;
      if (drawn !== null) out.write(summary === undefined ? '\n' : ERASE_LINE);
      if (summary !== undefined) out.write(`${summary}\n`);
    },
  };
}

function lineDisplay(out: ProgressOutput): ProgressDisplay {
  let shown: string | null = null;
  let finished = false;
  return {
    update: (progress) => {
      const step = `${progress.phase} ${share(progress) === null ? '' : steps(progress, 10)}`;
      if (finished || step === shown) return;
      shown = step;
      out.write(`${renderLine(progress)}\n`);
    },
    log: (line) => {
      out.write(`${line}\n`);
    },
    finish: (summary) => {
      if (finished) return;
      finished = true;
      if (summary !== undefined) out.write(`${summary}\n`);
    },
  };
}
