import type { ServerReadiness } from '@capstan/shared/contract/server/server-readiness'

/** Returns a word for the state of the server and the class of its colour. */
export function describeHealth(state: ServerReadiness | 'unreachable'): {
  tone: string
  word: string
} {
  if (state === 'unreachable') return { tone: 'bad-text', word: 'unreachable' }
  if (!state.ready) return { tone: 'bad-text', word: 'not ready' }
  if (state.degraded.length > 0) return { tone: 'warn-text', word: 'degraded' }
  return { tone: 'good', word: 'healthy' }
}
