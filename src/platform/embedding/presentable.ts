/** Most embedding models take 8,191 tokens and refuse more; in the densest scripts a character is about one token. */
const MAX_TEXT = 8000;

/** Providers refuse empty input and lone surrogates; one blank text must not cost its whole batch. */
export function presentable(text: string): string {
  const cut = text.slice(0, MAX_TEXT).toWellFormed();
  return cut.trim() === '' ? '(empty)' : cut;
}
