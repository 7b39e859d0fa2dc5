/**
 * NODE_OPTIONS of a worker process. Node's defaults let the space of new objects grow to 128 MB and the old one to a
 * share of the machine before either is tidied, so that a long scan looks as if it leaked. What a worker holds at one
 * time is far below: some tens of KB for each type that it works on.
 */
export const WORKER_NODE_OPTIONS = '--max-semi-space-size=8 --max-old-space-size=512'
