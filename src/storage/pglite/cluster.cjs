// @ts-check
'use strict';
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { PGlite } = require('@electric-sql/pglite');
const { vector } = require('@electric-sql/pglite-pgvector');
const { DurableNodeFs, syncPath, syncTree } = require('./durable-fs.cjs');

const { version } = JSON.parse(fs.readFileSync(path.join(path.dirname(require.resolve('@electric-sql/pglite')), '..', 'package.json'), 'utf8'));

/** The server's last lines on stderr: the only place where it says why it gave up. @type {string[]} */
const lastWords = [];
const common = {
  extensions: { vector },
  onStderr: (/** @type {string} */ line) => {
    lastWords.push(line);
    if (lastWords.length > 5) lastWords.shift();
    return true;
  },
};

/**
 * Opens the database files below `dataDir`, or a database in memory for `null`.
 * @param {string | null} dataDir
 * @param {number} sharedBuffersMb
 * @returns {Promise<InstanceType<typeof PGlite>>}
 */
async function openCluster(dataDir, sharedBuffersMb) {
  const settings = ['-c', `shared_buffers=${sharedBuffersMb}MB`];
  if (dataDir === null) return openInMemory([...PGlite.defaultStartParams, ...settings]);

  // -F is PGlite's default and turns fsync off. Without a background writer WAL is recycled, never shrunk: keep it small.
  const startParams = [...PGlite.defaultStartParams.filter((param) => param !== '-F'), ...settings, '-c', 'wal_sync_method=fsync', '-c', 'max_wal_size=128MB'];
  const cluster = path.join(dataDir, 'cluster');
  if (!fs.existsSync(cluster)) await createCluster(cluster, startParams);
  return PGlite.create({ fs: new DurableNodeFs(cluster), ...common, startParams });
}

/**
 * Built beside its place and renamed when it is complete and on disk: whatever dies meanwhile leaves no half database.
 * @param {string} cluster
 * @param {string[]} startParams
 */
async function createCluster(cluster, startParams) {
  const unfinished = `${cluster}.new`;
  fs.rmSync(unfinished, { recursive: true, force: true });
  const db = await PGlite.create({ fs: new DurableNodeFs(unfinished), ...common, startParams });
  await db.close();
  syncTree(unfinished);
  fs.renameSync(unfinished, cluster);
  syncPath(path.dirname(cluster));
}

/**
 * A fresh cluster is always the same, so its image is kept in the temporary directory: loading it takes a fifth of initdb.
 * @param {string[]} startParams
 */
async function openInMemory(startParams) {
  const seed = path.join(os.tmpdir(), `contextiq-seed-${version}-${process.getuid?.() ?? 'user'}.tar`);
  const image = readOwnFile(seed);
  if (image !== null) return PGlite.create({ loadDataDir: new Blob([image]), ...common, startParams });

  const db = await PGlite.create({ ...common, startParams });
  const dump = await db.dumpDataDir('none');
  const unfinished = `${seed}.${process.pid}.${Date.now()}`;
  fs.writeFileSync(unfinished, Buffer.from(await dump.arrayBuffer()), { mode: 0o600, flag: 'wx' });
  fs.renameSync(unfinished, seed);
  return db;
}

/** The temporary directory is shared: a file that another user put there is not trusted. @param {string} file */
function readOwnFile(file) {
  try {
    const stat = fs.lstatSync(file);
    if (!stat.isFile() || (process.getuid !== undefined && stat.uid !== process.getuid())) return null;
    return fs.readFileSync(file);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return null;
    throw error;
  }
}

module.exports = { openCluster, lastWords };
