/**
 * Tells that something changed; carries no data and may lose a notice, so readers also poll.
 * A listener runs soon after the notice, at most once per notice, and must not throw.
 */
export interface Bus {
  /** Whether every notice reaches its listeners as long as the process lives. */
  readonly lossless: boolean;
  notify(topic: string): void;
  /** Returns the function that ends the subscription. */
  listen(topic: string, listener: () => void): () => void;
}
