import type { Event, Memory, Progress } from './operations';

/** The element with this id. @throws Error when the page has none of this kind */
export function element<E extends HTMLElement>(id: string, kind: new () => E): E {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`the page lacks #${id}`);
}

/** Text only: what people and models write is never taken for HTML. */
function make(tag: string, text: string, children: readonly Node[] = []): HTMLElement {
  const made = document.createElement(tag);
  made.append(text, ...children);
  return made;
}

const events = element('events', HTMLOListElement);
const memories = element('memories', HTMLUListElement);
const progress = element('progress', HTMLProgressElement);
const phase = element('phase', HTMLSpanElement);
const problem = element('problem', HTMLParagraphElement);

export function showEvent({ author, authorName, occurredAt, content }: Event): void {
  const time = make('time', new Date(occurredAt).toLocaleTimeString([], { timeStyle: 'short' }));
  const item = make('li', '', [make('div', '', [make('strong', authorName ?? author.toLowerCase()), time]), make('p', content.map(({ text }) => text ?? '').join(''))]);
  item.className = author;
  events.append(item);
  item.scrollIntoView({ block: 'nearest' });
}

export function showMemories(all: readonly Memory[]): void {
  memories.replaceChildren(...all.map(({ fact, topic }) => make('li', fact, topic === null ? [] : [make('small', topic.toLowerCase().replaceAll('_', ' '))])));
}

export function showProgress(step: Progress | null): void {
  progress.hidden = step === null || step.status === 'COMPLETED';
  progress.value = step?.progress ?? 0;
  phase.textContent = step === null ? '' : step.status === 'COMPLETED' ? 'Done' : step.status === 'FAILED' ? 'Failed' : step.phase.toLowerCase();
}

export function showProblem(error: unknown): void {
  problem.hidden = false;
  problem.textContent = error instanceof Error ? error.message : String(error);
}
