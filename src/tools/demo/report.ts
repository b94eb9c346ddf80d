import type { LoadedConversation } from '../conversation-run';
import type { Format } from './format';
import type { Candidate, Remembered } from './remember';

const SAMPLES = 8;

/** What became of the conversation: created, updated, merged and left out, each with why. */
export function reportMemories(format: Format, loaded: LoadedConversation, { candidates, leftOut, leftOutCount, replaced }: Remembered): string[] {
  const of = (outcome: string): Candidate[] => candidates.filter((candidate) => candidate.outcome === outcome);
  const created = of('CREATED');
  const updated = of('UPDATED');
  const merged = of('UNCHANGED');
  const rest = candidates.filter(({ outcome }) => outcome === null || !['CREATED', 'UPDATED', 'UNCHANGED'].includes(outcome));
  return [
    format.heading(`Remembered: ${created.length} created (${replaced.length} of them replace an older fact), ${updated.length} updated, ${merged.length} merged, ${leftOutCount} turns left out`),
    ...section(format, 'created', 'green', spread(created, SAMPLES).map(({ fact }) => fact), created.length),
    ...section(format, 'changed: the old fact is kept as history and no longer recalled', 'yellow', replaced.slice(0, SAMPLES).map(({ before, after }) => `${before}  →  ${after}`), replaced.length),
    ...section(format, 'updated', 'yellow', updated.slice(0, SAMPLES).map(withReason), updated.length),
    ...section(format, 'merged', 'cyan', merged.slice(0, SAMPLES).map(withReason), merged.length),
    ...section(format, 'neither', 'red', rest.slice(0, SAMPLES).map((candidate) => `${candidate.outcome ?? 'OPEN'}: ${withReason(candidate)}`), rest.length),
    ...leftOutTable(format, loaded, leftOut),
  ];
}

const withReason = ({ fact, reason }: Candidate): string => (reason === null ? fact : `${fact}  (${reason})`);

function section(format: Format, title: string, style: 'green' | 'yellow' | 'cyan' | 'red', lines: readonly string[], total: number): string[] {
  if (lines.length === 0) return [];
  const more = total > lines.length ? [format.paint('dim', `    … and ${total - lines.length} more`)] : [];
  return [format.paint(style, `  ${title}`), ...lines.map((line) => format.paragraph(line, { indent: 4, lead: '  · ' })), ...more, ''];
}

function leftOutTable(format: Format, loaded: LoadedConversation, leftOut: Remembered['leftOut']): string[] {
  const byReason = new Map<string, { count: number; example: string }>();
  for (const { eventId, reason } of leftOut) {
    const entry = byReason.get(reason) ?? { count: 0, example: loaded.turns.get(eventId)?.text ?? '' };
    entry.count += 1;
    byReason.set(reason, entry);
  }
  if (byReason.size === 0) return [];
  const rows = [...byReason].sort(([, a], [, b]) => b.count - a.count).slice(0, SAMPLES).map(([reason, { count, example }]) => [String(count), reason, example]);
  return [format.table([{ title: 'turns', align: 'right', fixed: true }, { title: 'left out because', fixed: true }, { title: 'for example', style: 'dim' }], rows), ''];
}

/** Evenly over the list, so that a sample shows all of the conversation. */
const spread = <T>(items: readonly T[], count: number): T[] =>
  items.length <= count ? [...items] : Array.from({ length: count }, (_, index) => items[Math.floor((index * items.length) / count)]).filter((item) => item !== undefined);
