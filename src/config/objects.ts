export type Environment = Readonly<Record<string, string | undefined>>;

export type ObjectsConfig =
  | { readonly kind: 'files'; readonly directory: string }
  | {
      readonly kind: 's3';
      readonly bucket: string;
      readonly prefix: string;
      readonly endpoint: string | null;
      readonly region: string;
      /** Null leaves it to what the SDK finds: a profile, a role of the machine. */
      readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string } | null;
    };

export const S3_FORM = 'a URL s3://bucket/prefix?endpoint=…&region=…';
const DEFAULT_REGION = 'us-east-1';
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PREFIX = /^([a-zA-Z0-9][\w.=-]*(\/[a-zA-Z0-9][\w.=-]*)*)?$/;

/** Bucket, prefix, endpoint and region of the URL, or null when it is none. */
export function parseS3Url(text: string): { bucket: string; prefix: string; endpoint: string | null; region: string } | null {
  if (!URL.canParse(text)) return null;
  const { protocol, host: bucket, pathname, username, searchParams } = new URL(text);
  const prefix = pathname.replace(/^\/|\/$/g, '');
  const endpoint = searchParams.get('endpoint');
  const known = [...searchParams.keys()].every((name) => name === 'endpoint' || name === 'region');
  const reachable = endpoint === null || (URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol));
  if (protocol !== 's3:' || username !== '' || !BUCKET.test(bucket) || !PREFIX.test(prefix) || !known || !reachable) return null;
  return { bucket, prefix, endpoint, region: searchParams.get('region') ?? DEFAULT_REGION };
}

/** The store that the URL names, with the environment's AWS keys; without a URL, files in the directory. */
export function objectsConfig(url: string, directory: string, env: Environment): ObjectsConfig {
  const place = parseS3Url(url);
  if (place === null) return { kind: 'files', directory };
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '', AWS_SESSION_TOKEN: sessionToken = '' } = env;
  const given = accessKeyId !== '' && secretAccessKey !== '';
  return { kind: 's3', ...place, credentials: given ? { accessKeyId, secretAccessKey, ...(sessionToken === '' ? {} : { sessionToken }) } : null };
}
