/** Values themselves, in this process alone: for what is dearer to parse than to hold. Whoever gets one must not change it. */
export interface ObjectCache<T extends object> {
  get(key: string): T | null;
  /** `bytes`: what it weighs. */
  set(key: string, value: T, bytes: number): void;
}
