import {
  AbortMultipartUploadCommand, CompleteMultipartUploadCommand, CreateMultipartUploadCommand, DeleteObjectCommand, GetObjectCommand,
  HeadBucketCommand, ListObjectsV2Command, PutObjectCommand, S3Client, S3ServiceException, UploadPartCommand,
} from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import { GatewayError, unavailable } from '../../kernel/errors';
import { measured, verified } from './checked-body';
import { contentTypeOf, requireKey, requirePrefix } from './object-key';
import { inParts } from './parts';
import type { ObjectStore } from './objects.port';

export interface S3Options {
  readonly bucket: string;
  /** Before every key; empty or without a slash at its end. */
  readonly prefix: string;
  /** Null is Amazon's own. Any other server is addressed by path, not by a host name per bucket. */
  readonly endpoint: string | null;
  readonly region: string;
  /** Null leaves it to what the SDK finds: a profile, a role of the machine. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string } | null;
  /** What to name when it cannot be used: the variable or argument that holds the URL. */
  readonly from: string;
}

/** S3 takes no smaller part but the last, and 10,000 parts: 80 GB an object. */
const PART_BYTES = 8 * 1024 * 1024;
const CALL_MS = 60_000;
const IDLE_MS = 30_000;
const CONNECT_MS = 3000;

/** Objects in a bucket of an S3-compatible store. @throws GatewayError UNAVAILABLE (OBJECTS_UNUSABLE) when the bucket does not answer at the start */
export async function openS3Objects({ bucket, prefix, endpoint, region, credentials, from }: S3Options): Promise<ObjectStore & { close(): void }> {
  const location = `s3://${[bucket, prefix].filter((part) => part !== '').join('/')}`;
  const client = new S3Client({
    region,
    ...(endpoint === null ? {} : { endpoint, forcePathStyle: true }),
    ...(credentials === null ? {} : { credentials }),
    maxAttempts: 3,
    retryMode: 'standard',
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: IDLE_MS, requestTimeout: CALL_MS, throwOnRequestTimeout: true },
    // Servers beside Amazon's often do not know the newer checksums; this side compares SHA-256 of whole bodies.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const at = (key: string): { Bucket: string; Key: string } => ({ Bucket: bucket, Key: prefix === '' ? key : `${prefix}/${key}` });
  const limit = (): { abortSignal: AbortSignal } => ({ abortSignal: AbortSignal.timeout(CALL_MS) });
  const away = (error: unknown): never => {
    if (error instanceof GatewayError) throw error;
    throw unavailable(`${from}: ${location} cannot be used: ${wordsOf(error)}`, 'OBJECTS_UNUSABLE');
  };
  const ask = <T>(call: Promise<T>): Promise<T> => call.catch(away);

  async function putParts(key: string, first: Buffer, rest: AsyncIterable<Buffer>): Promise<void> {
    const { UploadId } = await ask(client.send(new CreateMultipartUploadCommand({ ...at(key), ContentType: contentTypeOf(key) }), limit()));
    const parts: { PartNumber: number; ETag: string | undefined }[] = [];
    const upload = async (Body: Buffer): Promise<void> => {
      const PartNumber = parts.length + 1;
      const { ETag } = await ask(client.send(new UploadPartCommand({ ...at(key), UploadId, PartNumber, Body, ContentLength: Body.length }), limit()));
      parts.push({ PartNumber, ETag });
    };
    try {
      await upload(first);
      for await (const part of rest) await upload(part);
      await ask(client.send(new CompleteMultipartUploadCommand({ ...at(key), UploadId, MultipartUpload: { Parts: parts } }), limit()));
    } catch (error) {
      // What cannot be taken back now is for the bucket's rule on unfinished uploads.
      await client.send(new AbortMultipartUploadCommand({ ...at(key), UploadId }), limit()).catch(() => undefined);
      throw error;
    }
  }

  try {
    await ask(client.send(new HeadBucketCommand({ Bucket: bucket }), limit()));
  } catch (error) {
    client.destroy();
    throw error;
  }
  return {
    location,

    async put(key, body, maxBytes) {
      requireKey(key);
      const { body: passed, stored } = measured(body, key, maxBytes);
      const parts = inParts(passed, PART_BYTES);
      const first = (await parts.next()).value ?? Buffer.alloc(0);
      if (first.length < PART_BYTES) await ask(client.send(new PutObjectCommand({ ...at(key), Body: first, ContentLength: first.length, ContentType: contentTypeOf(key) }), limit()));
      else await putParts(key, first, parts);
      return stored();
    },

    async get(key, expected) {
      requireKey(key);
      try {
        const { Body } = await client.send(new GetObjectCommand(at(key)));
        if (!(Body instanceof Readable)) throw new Error('the answer has no body');
        const body = translated(Body, away);
        return expected === undefined ? body : verified(body, key, expected);
      } catch (error) {
        return error instanceof S3ServiceException && error.name === 'NoSuchKey' ? null : away(error);
      }
    },

    async list(start, { after, limit: MaxKeys }) {
      const page = { Bucket: bucket, Prefix: at(requirePrefix(start)).Key, MaxKeys, ...(after === null ? {} : { StartAfter: at(after).Key }) };
      const { Contents = [] } = await ask(client.send(new ListObjectsV2Command(page), limit()));
      return Contents.map(({ Key = '', Size = 0 }) => ({ key: prefix === '' ? Key : Key.slice(prefix.length + 1), bytes: Size }));
    },

    async delete(key) {
      await ask(client.send(new DeleteObjectCommand(at(requireKey(key))), limit()));
    },

    close: () => { client.destroy(); },
  };
}

async function* translated(body: AsyncIterable<Uint8Array>, away: (error: unknown) => never): AsyncGenerator<Uint8Array, void> {
  try {
    yield* body;
  } catch (error) {
    away(error);
  }
}

function wordsOf(error: unknown): string {
  if (error instanceof S3ServiceException) return `${error.name} (${error.$metadata.httpStatusCode ?? 'no status'})`;
  if (error instanceof AggregateError) return error.errors.map(wordsOf).join('; ');
  return error instanceof Error ? error.message || error.name : String(error);
}
