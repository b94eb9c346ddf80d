import Ajv from 'ajv';
import { badInput } from '../../kernel/errors';
import type { JsonObject } from '../../kernel/json';
import { requireStorableJson } from '../session/state';

const MAX_SCHEMA_BYTES = 16 * 1024;
/** Dialects whose common keywords mean the same as draft 7's. */
const DIALECT = /^https?:\/\/json-schema\.org\/(?:draft-0[67]|draft\/20(?:19-09|20-12))\/schema#?$/;

/** Checks schemas against the meta-schema only: a caller's schema is never compiled into code. */
const ajv = new Ajv({ schemaId: '$id', logger: false });

/** @throws GatewayError BAD_USER_INPUT (BAD_JSON_SCHEMA) unless it is a JSON Schema of draft 6 or 7, 2019-09 or 2020-12 */
export function requireJsonSchema(schema: JsonObject, field: string): JsonObject {
  requireStorableJson(schema, field, MAX_SCHEMA_BYTES);
  const { $schema, ...rest } = schema;
  if ($schema !== undefined && (typeof $schema !== 'string' || !DIALECT.test($schema))) {
    throw badInput(`${field}.$schema`, 'a JSON Schema of draft 6 or 7, 2019-09 or 2020-12 is expected', 'BAD_JSON_SCHEMA');
  }
  if (!ajv.validateSchema(rest)) {
    const [error] = ajv.errors ?? [];
    throw badInput(field, `this is no JSON Schema: ${error === undefined ? 'it does not fit' : `${error.dataPath === '' ? 'it' : error.dataPath} ${error.message ?? 'does not fit'}`}`, 'BAD_JSON_SCHEMA');
  }
  return schema;
}
