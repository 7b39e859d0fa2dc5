/** Interval of the heartbeats of a worker. */
export const HEARTBEAT_MS = 5_000
/** Three heartbeats may be lost before a worker counts as gone. The leases of a killed worker end within 20 s. */
export const WORKER_TIMEOUT_MS = 17_000
/** A pause this long in the heartbeats of all workers means that Redis was unreachable or that no worker was running. */
export const HEARTBEAT_GAP_MS = 12_000
