/** Nearest rank: the smallest value that so many percent do not exceed. */
export function percentiles(values: readonly number[]): { readonly p50: number; readonly p95: number; readonly p99: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (percent: number): number => sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? 0;
  return { p50: at(50), p95: at(95), p99: at(99) };
}
