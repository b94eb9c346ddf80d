/** One pattern from several lines of alternatives; `parts` are written with String.raw and joined without anything between. */
export const regex = (flags: string, ...parts: readonly string[]): RegExp => new RegExp(parts.join(''), flags);
