import { isObject, objectAt, type JsonObject, type Session } from '../typescript-client';

export interface Reminder {
  readonly id: string;
  readonly text: string;
  readonly at: Date;
}

/** Reminders of a state, or of a change to it: those set to null are done. */
export function remindersOf(state: JsonObject): Reminder[] {
  return Object.entries(objectAt(state, 'reminders')).flatMap(([id, value]) => {
    if (!isObject(value) || typeof value['text'] !== 'string' || typeof value['at'] !== 'string') return [];
    return [{ id, text: value['text'], at: new Date(value['at']) }];
  });
}

/** Seq of the last request that was answered. */
export const answeredOf = ({ state }: Session): number => Number(state['answered'] ?? 0);
