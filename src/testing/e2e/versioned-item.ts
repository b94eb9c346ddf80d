/**
 * One thing that one writer changes, and what a reader may see of it: from the newest state whose write was answered before the read
 * began to the newest whose write had begun when it ended.
 */
export class VersionedItem<State> {
  readonly states: State[];
  private acknowledged = 0;

  constructor(first: State) {
    this.states = [first];
  }

  get state(): State | undefined {
    return this.states.at(-1);
  }

  async change(next: State, write: () => Promise<unknown>): Promise<void> {
    this.states.push(next);
    await write();
    this.acknowledged = this.states.length - 1;
  }

  /** Call before the read; the result, called after it, gives the states that it may have seen. */
  watch(): () => readonly State[] {
    const from = this.acknowledged;
    return () => this.states.slice(from);
  }
}
