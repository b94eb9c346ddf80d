import { randomUUID } from 'node:crypto';
import type { ContextIQ } from '../typescript-client';
import { sendMessage, type MessageInput } from './operations';

const WAIT_MS = 5000;
const PATIENCE_MS = 60_000;

/**
 * The coordinator asks an agent and waits for its answer. The same message is sent until the answer is there: through whatever
 * gateway, it is one request. @throws Error when the task ended otherwise
 */
export async function ask(client: ContextIQ, sessionId: string, toAgentId: string, text: string, more: Pick<MessageInput, 'workSessionId' | 'handDown'> = {}): Promise<string> {
  const input = { messageId: randomUUID(), sessionId, fromAgentId: 'coordinator', toAgentId, parts: [{ text }], waitMs: WAIT_MS, ...more };
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end;) {
    const { sendA2AMessage: { task } } = await client.request(sendMessage, { input });
    if (task.state === 'COMPLETED') return (task.response?.parts ?? []).map((part) => part.text ?? '').join('');
    if (task.state !== 'SUBMITTED' && task.state !== 'WORKING') throw new Error(`${toAgentId}: ${task.state} ${task.reason ?? ''}`);
  }
  throw new Error(`${toAgentId} did not answer`);
}
