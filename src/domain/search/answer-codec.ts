type Path = readonly (string | number)[];

/** Text that gives an equal value back: JSON, and beside it the places of the dates, which JSON does not know. */
export function encodeAnswer(value: unknown): string {
  const dates: Path[] = [];
  collectDates(value, [], dates);
  return JSON.stringify({ dates, value });
}

function collectDates(value: unknown, path: Path, found: Path[]): void {
  if (value instanceof Date) found.push(path);
  else if (Array.isArray(value)) value.forEach((item, index) => { collectDates(item, [...path, index], found); });
  else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) if (typeof item === 'object') collectDates(item, [...path, key], found);
  }
}

export function decodeAnswer(text: string): unknown {
  const { dates, value } = JSON.parse(text) as { dates: Path[]; value: Node };
  for (const path of dates) {
    const last = path.at(-1);
    const parent = path.slice(0, -1).reduce<Node>((node, step) => node[step] as Node, value);
    if (last !== undefined) parent[last] = new Date(parent[last] as string);
  }
  return value;
}

interface Node {
  [step: string | number]: unknown;
}
