import { setTimeout as wait } from 'node:timers/promises'
import type { Usage } from '@capstan/shared/contract/usage'
import { addUsage, totalTokens } from '@capstan/shared/inference/add-usage'
import type { ModelAnswer } from '@capstan/shared/inference/types'

type MakeCall = (signal: AbortSignal) => Promise<ModelAnswer>

export interface HedgedCall {
  first: MakeCall
  /** Takes a turn and money for the second call; fails, or answers nothing, when there is none now. */
  enterSecond: (signal: AbortSignal) => Promise<MakeCall | undefined>
  /** When to look again at a call that runs for so long, in milliseconds; 0: make the second one now. */
  inMs: (elapsedMs: number) => Promise<number>
}

/**
 * The first answer of two calls, of which the second is made only when the first takes long. The other one is paid for
 * all the same, and its usage added: its own when it has answered too, else that of the answer, which has the same
 * question, as an estimate. Throws what the first call throws when neither answers.
 */
export async function hedgedCall(calls: HedgedCall, signal: AbortSignal): Promise<ModelAnswer> {
  const ending = new AbortController()
  const firstOver = new AbortController()
  const until = AbortSignal.any([signal, ending.signal])
  const paid: Usage[] = []
  let running = 0
  const run = async (make: MakeCall): Promise<ModelAnswer> => {
    running += 1
    try {
      const answer = await make(until)
      paid.push(answer.usage)
      return answer
    } finally {
      running -= 1
    }
  }
  const first = run(calls.first).finally(() => firstOver.abort())
  const second = secondTurn(calls, firstOver.signal, until).then(async (make) =>
    // The first one says what went wrong.
    make ? run(make).catch(() => undefined) : undefined,
  )
  try {
    const answer = await Promise.race([
      first.catch(async (error: unknown) => {
        const other = await second
        if (other) return other
        throw error
      }),
      second.then((found) => found ?? first),
    ])
    const { usage } = answer
    const letGo = running > 0 ? [{ ...usage, estimatedTokens: totalTokens(usage) }] : []
    return { ...answer, usage: [...paid, ...letGo].reduce(addUsage) }
  } finally {
    ending.abort('the other call has answered')
  }
}

/** Undefined when the first call has ended before, there is no turn, or nobody knows: one call will do. */
async function secondTurn(
  { enterSecond, inMs }: HedgedCall,
  firstOver: AbortSignal,
  until: AbortSignal,
): Promise<MakeCall | undefined> {
  const startedAt = performance.now()
  try {
    for (;;) {
      const ms = await inMs(performance.now() - startedAt)
      if (firstOver.aborted) return undefined
      if (ms === 0) return await enterSecond(until)
      await wait(ms, undefined, { signal: firstOver })
    }
  } catch {
    return undefined
  }
}
