// @ts-check
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { NodeFS } = require('@electric-sql/pglite/nodefs');

/**
 * PGlite's NodeFS has no fsync, so a commit would only reach the page cache. This one has: the server's `fsync` of a
 * file or directory becomes the host's. It works with `wal_sync_method=fsync` only; the C library's fdatasync is empty.
 */
class DurableNodeFs extends NodeFS {
  /** @override @type {NodeFS['init']} */
  async init(pg, options) {
    const { emscriptenOpts } = await super.init(pg, options);
    const addFsync = (/** @type {any} */ module) => {
      module.FS.filesystems.NODEFS.stream_ops.fsync = syncStream;
    };
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [addFsync, ...(emscriptenOpts.preRun ?? [])] } };
  }
}

/** @param {{ nfd: number }} stream @returns {number} 0, the only answer the caller reads; a failure throws and stops the engine */
function syncStream(stream) {
  fs.fsyncSync(stream.nfd);
  return 0;
}

/** Forces a whole tree to disk, files before the directories that name them. @param {string} dir */
function syncTree(dir) {
  for (const entry of fs.readdirSync(dir, { withFileTypes: true })) {
    const child = path.join(dir, entry.name);
    if (entry.isDirectory()) syncTree(child);
    else if (entry.isFile()) syncPath(child);
  }
  syncPath(dir);
}

/** @param {string} target a file or a directory */
function syncPath(target) {
  const descriptor = fs.openSync(target, 'r');
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

module.exports = { DurableNodeFs, syncTree, syncPath };
