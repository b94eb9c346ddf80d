import { badInput } from '../../../kernel/errors';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../kernel/json';
import type { TransferRecord } from '../records';
import type { ImportOptions } from '../transfer';
import { given, listOf, memoryRecord, objectOf, requiredText, timeOf } from './drafts';
import type { Reader } from './reader';

/** Under which names LangGraph's users and LangMem keep the text of a memory. */
const TEXTS = ['content', 'text', 'memory', 'fact', 'data', 'summary'];

/**
 * Items of a LangGraph store, as `Item.dict()` or the store's API gives them: `namespace`, `key`, `value`, times. The pool is the import's scope with
 * `namespace: "a/b"`, or with the parts that the mapping names: `{"namespace": ["kind", "user_id"]}`; null leaves a part out.
 */
export function createLangGraphReader(options: ImportOptions): Reader {
  const names = namesOf(options.mapping);
  return { wrappers: ['items'], read: (item) => [toMemory(options, names, objectOf(item))] };
}

function namesOf(mapping: JsonObject | null): readonly (string | null)[] | null {
  if (mapping === null) return null;
  const { namespace, ...rest } = mapping;
  if (!Array.isArray(namespace) || !(namespace as readonly JsonValue[]).every((name) => name === null || typeof name === 'string') || Object.keys(rest).length > 0) {
    throw badInput('input.mapping', 'a mapping of LangGraph is {"namespace": [name or null for each part]}', 'INVALID_MAPPING');
  }
  return namespace as readonly (string | null)[]; // a seam: looked at above
}

function toMemory(options: ImportOptions, names: readonly (string | null)[] | null, item: JsonObject): TransferRecord {
  if (item['namespace'] === undefined || item['key'] === undefined) throw badInput('namespace', 'this is no item of a LangGraph store: it has no `namespace` and `key`', 'UNKNOWN_SHAPE');
  const namespace = listOf(item['namespace'], 'namespace').map((part, index) => requiredText(part, `namespace.${index}`));
  const key = requiredText(item['key'], 'key');
  const value = objectOf(item['value'], 'value');
  const named = names === null ? { namespace: namespace.join('/') } : Object.fromEntries(names.flatMap((name, index) => (name === null || namespace[index] === undefined ? [] : [[name, namespace[index]]])));
  const text = textIn(value);
  return memoryRecord(options, {
    source: ['langgraph', namespace, key],
    scope: { ...options.scope, ...named },
    fact: text ?? JSON.stringify(value),
    metadata: given({ langgraph_namespace: namespace.join('/'), langgraph_key: key, ...(text === null || Object.keys(value).length === 1 ? {} : { value }) }),
    createdAt: timeOf(item['created_at'], 'created_at'),
    updatedAt: timeOf(item['updated_at'], 'updated_at'),
  });
}

/** LangMem keeps `{"kind": …, "content": {"content": …}}`. */
function textIn(value: JsonObject): string | null {
  for (const name of TEXTS) {
    const found = value[name];
    if (typeof found === 'string' && found.trim() !== '') return found;
    if (isJsonObject(found)) return textIn(found);
  }
  return null;
}
