import { serverAudits } from 'graphql-http';
import type { Config } from '../../config/schema';
import { startTestGateway } from '../gateway';

/** The official audit of GraphQL over HTTP against a gateway with these settings: how many checks there were, and those that failed. */
async function audit(settings: Partial<Config>): Promise<{ total: number; failed: string[] }> {
  const gateway = await startTestGateway(settings);
  try {
    const failed: string[] = [];
    const audits = serverAudits({ url: `${gateway.url}/graphql` });
    for (const { fn } of audits) {
      const result = await fn();
      if (result.status !== 'ok') failed.push(`${result.id} ${result.name}`);
    }
    return { total: audits.length, failed };
  } finally {
    await gateway.close();
  }
}

const DEMANDS_PREFLIGHT = [
  '5A70 MAY accept application/x-www-form-urlencoded formatted GET requests',
  'D6D5 MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/graphql-response+json',
  '6A70 MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/json',
];

describe('the official audit of GraphQL over HTTP', () => {
  test('passes whole when GET needs no preflight header', async () => {
    expect(await audit({ directGet: true })).toEqual({ total: 61, failed: [] });
  });

  test('passes by default but for three things a server may do: answering a GET that another site could have sent', async () => {
    expect(await audit({})).toEqual({ total: 61, failed: DEMANDS_PREFLIGHT });
  });

  test('with the status codes that Apollo clients know, fails three things a server should do besides', async () => {
    const { total, failed } = await audit({ directGet: true, specStatus: false });
    expect(total).toBe(61);
    expect(failed.map((name) => name.slice(0, 4))).toEqual(['572B', 'FDE2', '7B9B']);
  });
});
