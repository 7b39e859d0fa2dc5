/**
 * NODE_OPTIONS of an API process. Node lets the space of new objects grow with the number of callers that come at once,
 * and keeps it: 1,000 clients that follow a scan then cost 90 KiB each, and 22 KiB with this bound.
 */
export const API_NODE_OPTIONS = '--max-semi-space-size=8'

/**
 * NODE_OPTIONS of a worker process. Node's defaults let the space of new objects grow to 128 MB and the old one to a
 * share of the machine before garbage collection, so that a long scan looks like a leak. A worker needs far less:
 * some tens of KB for each type in progress.
 */
export const WORKER_NODE_OPTIONS = '--max-semi-space-size=8 --max-old-space-size=512'
