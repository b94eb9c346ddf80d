// @ts-check
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { PGlite } = require('@electric-sql/pglite');
const { vector } = require('@electric-sql/pglite-pgvector');
const { DurableNodeFs, syncPath, syncTree } = require('./durable-fs.cjs');

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
 * Opens the database files below `dataDir`, or a database in memory for `null`, which starts as a copy of `image` when one is given.
 * @param {{ dataDir: string | null, image: string | null, sharedBuffersMb: number }} options
 * @returns {Promise<InstanceType<typeof PGlite>>}
 */
async function openCluster({ dataDir, image, sharedBuffersMb }) {
  const settings = ['-c', `shared_buffers=${sharedBuffersMb}MB`];
  if (dataDir === null) {
    const start = image === null ? {} : { loadDataDir: new Blob([fs.readFileSync(image)]) };
    return PGlite.create({ ...start, ...common, startParams: [...PGlite.defaultStartParams, ...settings] });
  }

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

module.exports = { openCluster, lastWords };
