import type { JsonObject } from './types.ts'

/** The intended outcome of a call, whatever happened to it on the network. */
export type OddCallOutcome = 'answered' | 'refused' | 'fault'

export interface OddCall {
  model: string
  path: string
  outcome: OddCallOutcome
  status: number
  /** As the caller sent it. */
  body: JsonObject
}

export type CallCounts = Record<OddCallOutcome | 'all', number>

export interface OddCallLog {
  add(call: OddCall): void
  /** Calls of one model, or of all. */
  list(model?: string): OddCall[]
  count(model?: string): CallCounts
  countEach(): Record<string, CallCounts>
}

/** Records the calls in the order of their responses. */
export function openOddCallLog(): OddCallLog {
  const calls: OddCall[] = []
  const list: OddCallLog['list'] = (model) =>
    model === undefined ? [...calls] : calls.filter((call) => call.model === model)
  const count: OddCallLog['count'] = (model) => {
    const counts = { all: 0, answered: 0, refused: 0, fault: 0 }
    for (const { outcome } of list(model)) {
      counts[outcome] += 1
      counts.all += 1
    }
    return counts
  }
  return {
    add: (call) => void calls.push(call),
    list,
    count,
    countEach: () => {
      const models = new Set(calls.map(({ model }) => model))
      return Object.fromEntries([...models].map((model) => [model, count(model)]))
    },
  }
}
