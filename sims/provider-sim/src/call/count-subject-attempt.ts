import { createHash } from 'node:crypto'
import type { SimState } from './sim-state.ts'

/** Counts and returns how often a definition was requested, including this time. */
export function countSubjectAttempt(state: SimState, definition: string): number {
  const name = createHash('sha256').update(definition).digest('base64')
  const attempt = (state.attempts.get(name) ?? 0) + 1
  state.attempts.set(name, attempt)
  return attempt
}
