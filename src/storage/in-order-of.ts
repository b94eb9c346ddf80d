/** Rows of many parents as one list per parent, in the order of `ids`, the rows of each in the order in which they came. */
export function inOrderOf<Row, T>(ids: readonly string[], rows: readonly Row[], idOf: (row: Row) => string, toItem: (row: Row) => T): T[][] {
  const byId = new Map<string, T[]>();
  for (const row of rows) {
    const items = byId.get(idOf(row)) ?? [];
    items.push(toItem(row));
    byId.set(idOf(row), items);
  }
  return ids.map((id) => byId.get(id.toLowerCase()) ?? []);
}
