import { eventText, type Event, type EventAuthor } from './event';

const SPEAKERS: Readonly<Record<EventAuthor, string>> = { USER: 'User', AGENT: 'Assistant', TOOL: 'Tool', SYSTEM: 'System' };

/** What the author said; not what a recall had put into the event. */
export const freshText = (event: Pick<Event, 'content'>): string =>
  eventText({ content: event.content.filter((part) => part.type !== 'text' || part.fromRecall !== true) }).trim();

export const speakerOf = ({ author, authorName }: Pick<Event, 'author' | 'authorName'>): string => authorName ?? SPEAKERS[author];
