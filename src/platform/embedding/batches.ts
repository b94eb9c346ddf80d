/** Cuts a list, order kept, into runs of at most `maxCount` texts and `maxCharacters` in all; a longer text goes alone. */
export function inBatches(texts: readonly string[], maxCount: number, maxCharacters: number): string[][] {
  const batches: string[][] = [];
  let batch: string[] = [];
  let characters = 0;
  for (const text of texts) {
    if (batch.length > 0 && (batch.length >= maxCount || characters + text.length > maxCharacters)) {
      batches.push(batch);
      batch = [];
      characters = 0;
    }
    batch.push(text);
    characters += text.length;
  }
  return batch.length === 0 ? batches : [...batches, batch];
}
