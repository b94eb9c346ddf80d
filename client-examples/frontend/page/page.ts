import type { ApolloClient } from '@apollo/client';
import { auditTime } from 'rxjs';
import { connect, follow } from './apollo';
import { APPEND, CREATE_SESSION, EVENTS, GENERATE, MEMORIES, MEMORY_CHANGES, PROGRESS, SESSION, type Session } from './operations';
import { element, showEvent, showMemories, showProblem, showProgress } from './view';

/** The session in the page's address, or a new one, which then stands there. */
async function openSession(apollo: ApolloClient, address: URL): Promise<Session> {
  const id = address.searchParams.get('session');
  if (id !== null) {
    const { data } = await apollo.query({ query: SESSION, variables: { id } });
    if (!data?.session) throw new Error(`there is no session ${id}`);
    return data.session;
  }
  const { data } = await apollo.mutate({ mutation: CREATE_SESSION, variables: { userId: address.searchParams.get('user') ?? 'ann' } });
  if (data === undefined) throw new Error('the gateway made no session');
  address.searchParams.set('session', data.createSession.id);
  history.replaceState(null, '', address);
  return data.createSession;
}

function showLive(apollo: ApolloClient, { id: sessionId, scope }: Session): void {
  follow(apollo, EVENTS, { sessionId }).subscribe({ next: ({ event }) => showEvent(event), error: showProblem });
  const memories = apollo.watchQuery({ query: MEMORIES, variables: { scope } });
  memories.subscribe(({ data, dataState }) => { if (dataState === 'complete') showMemories(data.memories); });
  // Memories come in bursts: read the list again at most ten times a second.
  follow(apollo, MEMORY_CHANGES, { scope }).pipe(auditTime(100)).subscribe({ next: () => void memories.refetch().catch(showProblem), error: showProblem });
}

async function append(apollo: ApolloClient, { id: sessionId, userId }: Session, input: HTMLInputElement): Promise<void> {
  const text = input.value;
  input.value = '';
  await apollo.mutate({ mutation: APPEND, variables: { sessionId, text, name: userId, key: crypto.randomUUID() } });
}

async function generate(apollo: ApolloClient, { id: sessionId }: Session, button: HTMLButtonElement): Promise<void> {
  button.disabled = true;
  showProgress(null);
  try {
    const { data } = await apollo.mutate({ mutation: GENERATE, variables: { sessionId, key: crypto.randomUUID() } });
    if (data === undefined) throw new Error('the gateway accepted no job');
    await follow(apollo, PROGRESS, { jobId: data.generateMemories.id }).forEach(showProgress);
  } finally {
    button.disabled = false;
  }
}

async function main(): Promise<void> {
  const address = new URL(location.href);
  const apollo = connect(address.searchParams.get('gateway') ?? 'http://127.0.0.1:4000');
  const session = await openSession(apollo, address);
  element('session', HTMLParagraphElement).textContent = `${session.userId} · ${session.id}`;
  showLive(apollo, session);
  element('append', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    append(apollo, session, element('text', HTMLInputElement)).catch(showProblem);
  });
  const button = element('generate', HTMLButtonElement);
  button.addEventListener('click', () => void generate(apollo, session, button).catch(showProblem));
}

main().catch(showProblem);
