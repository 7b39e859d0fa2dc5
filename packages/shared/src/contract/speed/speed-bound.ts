import { z } from 'zod'

/**
 * Bound of the speed of a scan. `requests`, `input-tokens`, `output-tokens` and `tokens` are limits a minute of an account;
 * `concurrency` is its concurrency limit, `concurrency-of-scan` the one of the scan.
 */
const SPEED_BOUNDS = [
  'planning',
  'paused',
  'budget',
  'no-worker',
  'breaker',
  'batch',
  'requests',
  'input-tokens',
  'output-tokens',
  'tokens',
  'concurrency',
  'few-slots',
  'concurrency-of-scan',
  'waiting-for-scan',
] as const

export const SpeedBound = z.enum(SPEED_BOUNDS)
export type SpeedBound = z.infer<typeof SpeedBound>
