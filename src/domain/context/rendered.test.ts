import type { ContextBlock, ContextMessage } from './context';
import { rendered } from './rendered';

const message = (role: ContextMessage['role'], content: string, fromRecall = false): ContextMessage => ({ role, content, fromRecall });
const block = (messages: readonly ContextMessage[], unchanged = false): Pick<ContextBlock, 'text' | 'messages' | 'unchanged'> => ({ text: 'all', messages, unchanged });
const GIVEN = [message('system', 'stable', true), message('system', 'recalled', true)];

test('each provider gets the form that it takes', () => {
  const whole = block([...GIVEN, message('user', 'Hello'), message('assistant', 'Hi')]);
  expect(rendered(whole, 'MARKDOWN')).toBe('all');
  expect(rendered(whole, 'OPENAI')).toEqual([
    { role: 'system', content: 'stable' }, { role: 'system', content: 'recalled' }, { role: 'user', content: 'Hello' }, { role: 'assistant', content: 'Hi' },
  ]);
  expect(rendered(whole, 'ANTHROPIC')).toEqual({
    system: [{ type: 'text', text: 'stable', cache_control: { type: 'ephemeral' } }, { type: 'text', text: 'recalled' }],
    messages: [{ role: 'user', content: 'Hello' }, { role: 'assistant', content: 'Hi' }],
  });
});

test('Anthropic’s messages begin with the user and take turns; notes of the system are no system prompt', () => {
  const turns = [message('assistant', 'a'), message('user', 'b'), message('user', 'c'), message('system', 'd'), message('assistant', 'e')];
  expect(rendered(block(turns), 'ANTHROPIC')).toEqual({
    system: [],
    messages: [
      { role: 'user', content: '(earlier turns are left out)' }, { role: 'assistant', content: 'a' },
      { role: 'user', content: 'b\n\nc\n\nNote of the system:\nd' }, { role: 'assistant', content: 'e' },
    ],
  });
});

test('what the caller has is not marked for the cache again', () => {
  expect(rendered(block([message('system', 'recalled', true)], true), 'ANTHROPIC')).toEqual({ system: [{ type: 'text', text: 'recalled' }], messages: [] });
});
