/** Unfinished scans are sent again this often while nothing happens: their ETA depends on the time since the last event. */
export const REFRESH_EVERY_MS = 5_000
