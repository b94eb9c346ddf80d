/** Ranking looks at so many characters: a few hundred rows of huge tool outputs would not fit a process. */
export const MAX_TEXT = 4000;

/** What search sees of an event `e`: what was said, else what its tools said; nothing that was recalled. */
export const EVENT_TEXT = `left(coalesce(
  (select string_agg(part ->> 'text', E'\\n' order by n) from jsonb_array_elements(e.content) with ordinality as parts (part, n)
   where part ->> 'type' = 'text' and part ->> 'fromRecall' is distinct from 'true'),
  (select string_agg(case jsonb_typeof(call -> 'output') when 'string' then call ->> 'output' else (call -> 'output')::text end, E'\\n')
   from jsonb_array_elements(e.actions -> 'toolOutputs') as calls (call)), ''), ${MAX_TEXT})`;
