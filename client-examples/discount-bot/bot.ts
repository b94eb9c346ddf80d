import { createMemory, createSession, ContextIQError, objectAt, openSession, type ContextIQ, type JsonObject, type Session } from '../typescript-client';
import { change } from './change';
import { eventId } from './event-id';

export interface Offer {
  readonly code: string;
  readonly used: boolean;
}

export interface Counts {
  readonly offers: number;
  readonly conversions: number;
}

export interface DiscountBot {
  /** The user's one offer, in whichever session it was made. */
  offer(sessionId: string): Promise<Offer>;
  /** The user bought with the code; however often this is told, it counts once. @throws Error without an offer */
  convert(sessionId: string): Promise<Offer>;
  counts(): Promise<Counts>;
}

/** `app:` state is shared by all sessions: this one exists to count in, one change after the other. Its id is our choice. */
const COUNTER = '01890a5d-ac96-774b-bcce-b302099a8057';

export function createDiscountBot(client: ContextIQ): DiscountBot {
  const remember = (userId: string, fact: string) =>
    client.request(createMemory, { input: { scope: { user_id: userId }, fact, topics: ['discounts'] } }, eventId('memory', userId, fact));

  /** Told again after a crash, it does nothing: the event of this user is there. */
  const count = (userId: string, what: keyof Counts) =>
    change(client, COUNTER, ({ state }) => ({
      id: eventId('count', what, userId), author: 'SYSTEM', actions: { stateDelta: { 'app:discounts': { [what]: countsOf(state)[what] + 1 } } },
    }));

  return {
    async offer(sessionId) {
      await openCounter(client);
      const session = await change(client, sessionId, ({ userId, state }) => {
        if (offerOf(state) !== null) return null;
        const code = `WELCOME-${eventId('code', userId).slice(0, 6).toUpperCase()}`;
        return {
          id: eventId('offer', userId), author: 'AGENT', authorName: 'discount-bot', text: `10 % off your first order with ${code}.`,
          actions: { stateDelta: { 'user:discount': { code, used: false } } },
        };
      });
      const offer = existing(session);
      await count(session.userId, 'offers');
      await remember(session.userId, `${session.userId} was offered 10 % off with the code ${offer.code}.`);
      return offer;
    },
    async convert(sessionId) {
      const session = await change(client, sessionId, (current) => existing(current).used ? null : {
        id: eventId('conversion', current.userId), author: 'SYSTEM', actions: { stateDelta: { 'user:discount': { used: true } } },
      });
      await count(session.userId, 'conversions');
      await remember(session.userId, `${session.userId} used the discount code ${existing(session).code}.`);
      return existing(session);
    },
    async counts() {
      await openCounter(client);
      return countsOf((await openSession(client, COUNTER)).state);
    },
  };
}

async function openCounter(client: ContextIQ): Promise<void> {
  await client.request(createSession, { input: { id: COUNTER, userId: 'discount-bot' } }).catch((error: unknown) => {
    if (!(error instanceof ContextIQError) || error.reason !== 'ALREADY_EXISTS') throw error;
  });
}

function offerOf(state: JsonObject): Offer | null {
  const offer = objectAt(state, 'user:discount');
  return typeof offer['code'] === 'string' ? { code: offer['code'], used: offer['used'] === true } : null;
}

function existing({ userId, state }: Session): Offer {
  const offer = offerOf(state);
  if (offer === null) throw new Error(`${userId} was never offered a discount`);
  return offer;
}

function countsOf(state: JsonObject): Counts {
  const counts = objectAt(state, 'app:discounts');
  return { offers: Number(counts['offers'] ?? 0), conversions: Number(counts['conversions'] ?? 0) };
}
