import type { JsonObject } from './types.ts'

/** What the server meant a call to be, whatever became of it on the way. */
export type Outcome = 'answered' | 'refused' | 'fault'

export interface OddCall {
  model: string
  path: string
  outcome: Outcome
  status: number
  /** As the caller sent it. */
  body: JsonObject
}

export type CallCounts = Record<Outcome | 'all', number>

export interface CallLog {
  add(call: OddCall): void
  /** Of one model, or of all. */
  list(model?: string): OddCall[]
  count(model?: string): CallCounts
  countEach(): Record<string, CallCounts>
}

/** Remembers the calls in the order of their answers. */
export function openCallLog(): CallLog {
  const calls: OddCall[] = []
  const list: CallLog['list'] = (model) =>
    model === undefined ? [...calls] : calls.filter((call) => call.model === model)
  const count: CallLog['count'] = (model) => {
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
