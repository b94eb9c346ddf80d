import { z } from 'zod';
import type { JobRef } from '../ledger.port';

/** Ids, never more: what is to be done stands in the job's row. */
const Body = z.object({ tenantId: z.string().min(1), jobId: z.uuid() });

export const encodeRef = ({ tenantId, id }: JobRef): Buffer => Buffer.from(JSON.stringify({ tenantId, jobId: id }));

/** Null for what no relay of ours has sent. */
export function decodeRef(content: Buffer): JobRef | null {
  try {
    const parsed = Body.safeParse(JSON.parse(content.toString('utf8')));
    return parsed.success ? { tenantId: parsed.data.tenantId, id: parsed.data.jobId } : null;
  } catch {
    return null;
  }
}
