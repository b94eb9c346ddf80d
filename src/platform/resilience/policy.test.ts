import { unavailable } from '../../kernel/errors';
import { createPolicy, type CircuitStateName, type Failure, type PolicyOptions } from './policy';

const never = new AbortController().signal;
const ILL: Failure = { error: unavailable('it is ill', 'ILL'), retryable: true, ill: true, retryAfterMs: null };
const REFUSED: Failure = { error: unavailable('it says no', 'REFUSED'), retryable: false, ill: false, retryAfterMs: null };
class Answer extends Error {
  constructor(readonly failure: Failure) {
    super('answer');
  }
}
const policy = (more: Partial<PolicyOptions> = {}) => createPolicy({
  name: 'the endpoint', timeoutMs: 5000, timedOut: () => ({ ...ILL, error: unavailable('too late', 'LATE'), retryable: false }),
  judge: (error) => (error instanceof Answer ? error.failure : null), backoffMs: 1, ...more,
});
/** Does as the list says, call by call: a failure, or a value. */
function work(...steps: readonly (Failure | string)[]) {
  let calls = 0;
  return {
    get calls() { return calls; },
    run: async (): Promise<string> => {
      const step = steps[calls] ?? 'done';
      calls += 1;
      if (typeof step === 'string') return step;
      throw new Answer(step);
    },
  };
}
const reason = (name: string) => ({ code: 'UNAVAILABLE', details: { reason: name } });

describe('retries', () => {
  test('what may pass is tried again, and ends with the last failure', async () => {
    const passing = work(ILL, ILL, 'at last');
    await expect(policy().run(passing.run, never)).resolves.toBe('at last');
    const failing = work(ILL, ILL, ILL);
    await expect(policy().run(failing.run, never)).rejects.toMatchObject(reason('ILL'));
    expect([passing.calls, failing.calls]).toEqual([3, 3]);
  });

  test('a refusal is not, nor a bug, which is thrown as it is', async () => {
    const refused = work(REFUSED);
    await expect(policy().run(refused.run, never)).rejects.toMatchObject(reason('REFUSED'));
    expect(refused.calls).toBe(1);
    const bug = new TypeError('x is not a function');
    await expect(policy().run(() => Promise.reject(bug), never)).rejects.toBe(bug);
  });

  test('a pause that is asked for is kept, unless it is too long', async () => {
    const short = work({ ...ILL, retryAfterMs: 1 }, 'done');
    await expect(policy({ backoffMs: 3_600_000, longestWaitMs: 100 }).run(short.run, never)).resolves.toBe('done');
    const long = work({ ...ILL, retryAfterMs: 101 });
    await expect(policy({ longestWaitMs: 100 }).run(long.run, never)).rejects.toMatchObject(reason('ILL'));
    expect(long.calls).toBe(1);
  });

  test('the caller’s abort ends a pause and an attempt at once, with the caller’s reason', async () => {
    const gone = new Error('no longer needed');
    for (const step of [() => Promise.reject(new Answer({ ...ILL, retryAfterMs: 19_000 })), () => new Promise<never>(() => undefined)]) {
      const controller = new AbortController();
      let calls = 0;
      const run = policy().run(() => {
        calls += 1;
        setImmediate(() => controller.abort(gone));
        return step();
      }, controller.signal);
      await expect(run).rejects.toBe(gone);
      expect(calls).toBe(1);
    }
  });

  test('an aborted caller asks nothing', async () => {
    const gone = new Error('no longer needed');
    const unused = work();
    await expect(policy().run(unused.run, AbortSignal.abort(gone))).rejects.toBe(gone);
    expect(unused.calls).toBe(0);
  });
});

test('an attempt over its time limit is told of it, and its signal ends', async () => {
  let ended = false;
  const run = policy({ timeoutMs: 20 }).run((signal) => new Promise<never>(() => signal.addEventListener('abort', () => { ended = true; })), never);
  await expect(run).rejects.toMatchObject(reason('LATE'));
  expect(ended).toBe(true);
});

describe('the circuit', () => {
  const open = async (more: Partial<PolicyOptions> = {}) => {
    const states: CircuitStateName[] = [];
    const opened = policy({ attempts: 1, failuresToOpen: 2, onState: (state) => states.push(state), ...more });
    for (let n = 0; n < 2; n += 1) await opened.run(work(ILL).run, never).catch(() => undefined);
    return { opened, states };
  };

  test('opens after failures in a row and then refuses without asking', async () => {
    const { opened, states } = await open({ openMs: 60_000 });
    expect([opened.state, states]).toEqual(['open', ['open']]);
    const unused = work();
    await expect(opened.run(unused.run, never)).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { reason: 'CIRCUIT_OPEN', retryAfterMs: expect.any(Number) } });
    expect(unused.calls).toBe(0);
  });

  test('stays closed when an answer comes in between, be it a refusal', async () => {
    const watched = policy({ attempts: 1, failuresToOpen: 2 });
    for (const step of [ILL, 'fine', ILL, REFUSED, ILL]) await watched.run(work(step).run, never).catch(() => undefined);
    expect(watched.state).toBe('closed');
  });

  test('opens in the middle of retries, which then end with why they failed', async () => {
    const failing = work(ILL, ILL, ILL, ILL);
    await expect(policy({ attempts: 9, failuresToOpen: 2 }).run(failing.run, never)).rejects.toMatchObject(reason('ILL'));
    expect(failing.calls).toBe(2);
  });

  test('lets one call try after its time: success closes it, failure opens it again', async () => {
    const { opened, states } = await open({ openMs: 0 });
    await expect(opened.run(work(ILL).run, never)).rejects.toMatchObject(reason('ILL'));
    await expect(opened.run(work('well again').run, never)).resolves.toBe('well again');
    expect(states).toEqual(['open', 'half-open', 'open', 'half-open', 'closed']);
  });

  test('lets nobody else through while one call tries', async () => {
    const { opened } = await open({ openMs: 0 });
    let answer: (value: string) => void = () => undefined;
    const trying = opened.run(() => new Promise<string>((resolve) => { answer = resolve; }), never);
    expect(opened.state).toBe('half-open');
    await expect(opened.run(work().run, never)).rejects.toMatchObject(reason('CIRCUIT_OPEN'));
    answer('well');
    await expect(trying).resolves.toBe('well');
    expect(opened.state).toBe('closed');
  });
});
