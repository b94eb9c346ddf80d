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
    try {
      const isStartup = request.bytes[0] === 0;
      if (isStartup) for (const message of RESET) db.execProtocolRawSync(message);
      // A copy of its own: the startup reply is a view of PGlite's buffer, and a transfer would take that away.
      const bytes = Uint8Array.from(db.execProtocolRawSync(request.bytes));
      port.postMessage({ kind: 'reply', socket: request.socket, bytes }, [bytes.buffer]);
    } catch (error) {
      fail(error);
    }
  });
  port.postMessage({ kind: 'ready' });
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
