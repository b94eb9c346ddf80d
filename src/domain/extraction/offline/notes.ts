export interface TurnText {
  /** What was said, without notes, code and addresses. */
  readonly said: string;
  readonly photos: readonly string[];
}

const note = /\[(?:[^[\]:]{0,60}\b)?(?:photo|photograph|image|picture|pic|screenshot|video)s?\b[^[\]:]{0,30}:\s*([^[\]]+)\]/gi;

/**
 * Takes bracketed notes out of a turn. A caption describes a picture; it is not something the speaker said,
 * so it never reaches the sentence rules.
 */
export function withoutNotes(text: string): TurnText {
  const photos: string[] = [];
  const rest = text.replace(note, (_, caption: string) => {
    photos.push(caption.trim());
    return '\n';
  });
  const said = rest.replace(/```[\s\S]*?(?:```|$)/g, '\n').replace(/\[[^\]]{0,400}\]/g, ' ').replace(/\bhttps?:\/\/\S+/gi, ' ').trim();
  return { said, photos };
}

const frame = /^\s*(?:an?|the)?\s*(?:photography|photograph|photo|picture|image|pic) (?:of|showing)\s+/i;

/** “A photo of a dog” → “a photo of a dog”; a bare description gets “a photo of”. Null when there is nothing to say. */
export function photoPhrase(caption: string): string | null {
  const clean = caption.replace(/\s+/g, ' ').replace(/[.!\s]+$/, '').replace(frame, '').trim();
  if (clean.length < 3 || clean.length > 240) return null;
  const lowered = /^[A-Z][a-z]+ [a-z]/.test(clean) ? clean.charAt(0).toLowerCase() + clean.slice(1) : clean;
  return `a photo of ${lowered}`;
}
