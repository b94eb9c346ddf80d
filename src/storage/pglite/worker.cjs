// @ts-check
'use strict';
// The thread that runs the database. A slow statement then blocks this thread and not the one that answers requests.
// Plain JavaScript, because a worker thread loads no TypeScript under jest.
const { parentPort, workerData } = require('node:worker_threads');
const { lastWords, openCluster } = require('./cluster.cjs');

/** @typedef {{ kind: 'exec', socket: number, bytes: Uint8Array } | { kind: 'image' } | { kind: 'close' }} Request */

if (parentPort === null) throw new Error('this file is the entry of a worker thread');
const port = parentPort;

const SYNC = Buffer.from([0x53, 0, 0, 0, 4]);
const simpleQuery = (/** @type {string} */ sql) =>
  Buffer.concat([Buffer.from([0x51]), uint32(sql.length + 5), Buffer.from(`${sql}\0`, 'latin1')]);
const uint32 = (/** @type {number} */ value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
/** A new client must not inherit the last one's open transaction, prepared statements or settings: there is one backend. */
const RESET = [SYNC, simpleQuery('ROLLBACK'), simpleQuery('DISCARD ALL')];

void openCluster(workerData).then(serve, fail);

/** @param {import('@electric-sql/pglite').PGlite} db */
function serve(db) {
  stopOnCollapse(db);
  port.on('message', (/** @type {Request} */ request) => {
    if (request.kind === 'close') {
      db.close().then(() => port.postMessage({ kind: 'closed' }), fail);
      return;
    }
    if (request.kind === 'image') {
      db.dumpDataDir('none').then(async (tar) => port.postMessage({ kind: 'image', bytes: new Uint8Array(await tar.arrayBuffer()) }), fail);
      return;
    }
    reply(db, request).catch(fail);
  });
  port.postMessage({ kind: 'ready' });
}

/**
 * All that is to run has run before anything is awaited: requests are answered in the order in which they came.
 * @param {import('@electric-sql/pglite').PGlite} db
 * @param {{ socket: number, bytes: Uint8Array }} request
 */
async function reply(db, { socket, bytes }) {
  const messages = bytes[0] === 0 ? [...RESET, bytes] : [bytes];
  const answer = (await Promise.all(messages.map((message) => run(db, message)))).at(-1) ?? new Uint8Array();
  port.postMessage({ kind: 'reply', socket, bytes: answer }, [answer.buffer]);
}

/**
 * What the server answers, in memory of its own. As a stream, because PGlite's other ways parse each message as well, which takes longer
 * than many statements do, and keep what they parsed until `execProtocol` is called: here, for ever.
 * @param {import('@electric-sql/pglite').PGlite} db
 * @param {Uint8Array} message
 */
async function run(db, message) {
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const chunks = [];
  // A chunk is a view of the engine's memory.
  await db.execProtocolRawStream(message, { syncToFs: false, onRawData: (chunk) => chunks.push(chunk.slice()) });
  const [first] = chunks;
  return chunks.length === 1 && first !== undefined ? first : new Uint8Array(Buffer.concat(chunks));
}

/** How the C code's longjmp, PostgreSQL's way out of any SQL error, arrives here. */
const LONGJMP = 100;

/**
 * After a PANIC (a full disk, a failed fsync) or a trap PGlite calls the dead server's loop again and again, for ever.
 * Ending the thread is the way out: the next one recovers from the write-ahead log.
 * @param {import('@electric-sql/pglite').PGlite} db
 */
function stopOnCollapse(db) {
  const { Module } = db;
  const loopOnce = Module._PostgresMainLoopOnce;
  Module._PostgresMainLoopOnce = () => {
    try {
      loopOnce();
    } catch (error) {
      if (/** @type {{ status?: number }} */ (error).status !== LONGJMP) fail(error);
      throw error;
    }
  };
}

/** SQL errors are answers; whatever throws here has broken the engine, and only a new one (with WAL recovery) is safe. @param {unknown} error */
function fail(error) {
  const message = error instanceof Error ? error.message : String(error);
  port.postMessage({ kind: 'failed', message: [message, ...lastWords].join('; ') });
  process.exit(1);
}
