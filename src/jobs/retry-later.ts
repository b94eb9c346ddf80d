/** A handler found its work held by someone else, which is no failure: the job comes back after the delay. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
  constructor(readonly delayMs: number, message: string) {
    super(message);
  }
}
