/** Time between two heartbeats of a worker. */
export const HEARTBEAT_MS = 5_000
/** Three heartbeats may get lost before a worker counts as gone. Leases of a killed worker end within 20 s. */
export const WORKER_TIMEOUT_MS = 17_000
/** So long without a heartbeat of any worker means that Redis was away, or that no worker was running. */
export const HEARTBEAT_GAP_MS = 12_000
