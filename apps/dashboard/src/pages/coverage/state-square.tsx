import type { TypeState } from './type-state.ts'

/** A type as a square. Each state has a shape of its own. */
export function StateSquare({ state, title }: { state: TypeState; title?: string }) {
  const name = state === 'stale' ? 'stale-type' : state
  return <span class={`square ${name}`} title={title} aria-hidden="true" />
}
