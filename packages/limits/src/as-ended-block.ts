import { z } from 'zod'
import { blockOf } from './block-of.ts'
import type { EndedBlock } from './types.ts'

const ResumeReply = z.tuple([z.int(), z.int(), z.string(), z.int(), z.string()])

/** What resume.lua returned; null when nothing blocked. Throws ZodError for anything else. */
export function asEndedBlock(reply: unknown): EndedBlock | null {
  const [atMs, pausedMs, pauseReason, openMs, breakerReason] = ResumeReply.parse(reply)
  const ended = blockOf({
    paused: pausedMs > 0 ? { forMs: pausedMs, reason: pauseReason } : null,
    breaker: {
      state: openMs > 0 ? 'open' : 'closed',
      forMs: openMs,
      reason: breakerReason || null,
    },
  })
  return ended && { reason: ended.because, until: new Date(atMs + ended.forMs).toISOString() }
}
