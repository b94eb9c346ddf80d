import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { loadToolSecrets } from '../../config/load';
import { GatewayError } from '../../kernel/errors';
import { createGatewayClient } from '../client';
import { DEFAULT_URL, parseOptions, runTool } from './options';
import { patiently } from './patient';

const USAGE = `npm run export -- FILE [--url ${DEFAULT_URL}]

Writes all of the tenant's data as JSON lines into a new file. What is broken off goes on by the same command: FILE.next tells where.
The key of an administrator stands in CONTEXTIQ_API_KEY, where the gateway asks for one.
`;

const PAGE = 'query($after: String) { exportTenant(after: $after) { text counts { kind count } next } }';
const Page = z.object({ exportTenant: z.object({ text: z.string(), counts: z.array(z.object({ kind: z.string(), count: z.number() })), next: z.string().nullable() }) });
const Place = z.object({ after: z.string().nullable(), bytes: z.number(), counts: z.record(z.string(), z.number()) });
type Place = z.infer<typeof Place>;

async function exportTenant(args: readonly string[]): Promise<void> {
  const { words: [file, ...more], options } = parseOptions(args, ['--url'], [], USAGE);
  if (file === undefined || more.length > 0) throw new GatewayError('BAD_USER_INPUT', USAGE);
  const mark = `${file}.next`;
  const place = await placeIn(mark);
  const client = createGatewayClient(options.get('--url') ?? DEFAULT_URL, loadToolSecrets().apiKey);
  // What was written behind the mark was not finished.
  const target = await open(file, place === null ? 'wx' : 'r+');
  try {
    const counts: Record<string, number> = { ...place?.counts };
    let bytes = place?.bytes ?? 0;
    // From here on the file is this export's: what breaks off before the first page goes on as well.
    if (place === null) await noteIn(mark, { after: null, bytes, counts });
    await target.truncate(bytes);
    for (let after = place?.after ?? null; ;) {
      const asked = after;
      const { exportTenant: page } = await patiently(() => client.request(Page, PAGE, { after: asked }));
      const text = Buffer.from(page.text);
      // A disk that is nearly full takes a part; the next try tells that it is full.
      for (let at = 0; at < text.length;) at += (await target.write(text, at, text.length - at, bytes + at)).bytesWritten;
      bytes += text.length;
      await target.sync();
      for (const { kind, count } of page.counts) counts[kind] = (counts[kind] ?? 0) + count;
      process.stderr.write(`${bytes} bytes: ${Object.entries(counts).map(([kind, count]) => `${count} ${kind}`).join(', ')}\n`);
      if (page.next === null) break;
      after = page.next;
      await noteIn(mark, { after, bytes, counts });
    }
    await rm(mark, { force: true });
    process.stdout.write(`${Object.values(counts).reduce((sum, count) => sum + count, 0)} records in ${file}\n`);
  } finally {
    await target.close();
    await client.close();
  }
}

/** Whole or not at all. */
async function noteIn(mark: string, place: Place): Promise<void> {
  await writeFile(`${mark}.new`, JSON.stringify(place));
  await rename(`${mark}.new`, mark);
}

async function placeIn(mark: string): Promise<Place | null> {
  const text = await readFile(mark, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  });
  return text === null ? null : Place.parse(JSON.parse(text));
}

runTool(exportTenant);
