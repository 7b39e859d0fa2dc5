/**
 * NODE_OPTIONS of a worker process. By default Node.js lets the new space grow to 128 MB and the old space to a share of the
 * machine memory before it collects garbage, so that a long scan looks like a leak. A worker needs far less: some tens of KB
 * per type in progress.
 */
export const WORKER_NODE_OPTIONS = '--max-semi-space-size=8 --max-old-space-size=512'
