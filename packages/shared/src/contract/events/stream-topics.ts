/** Topics of GET /events, besides `scan:<id>`. */
export const STREAM_TOPICS = ['scans', 'queue', 'providers'] as const
export type StreamTopic = (typeof STREAM_TOPICS)[number]

/** Maximum number of topics `scan:<id>` of one stream. */
export const MAX_FOLLOWED_SCANS = 8
