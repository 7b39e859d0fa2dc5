import { setTimeout as wait } from 'node:timers/promises'
import type { Usage } from '@capstan/shared/contract/capability'
import type { Answer } from '@capstan/shared/inference/types'

type MakeCall = (signal: AbortSignal) => Promise<Answer>

export interface HedgedCall {
  first: MakeCall
  /** Takes a turn for the second call; fails when there is none now. */
  enterSecond: (signal: AbortSignal) => Promise<MakeCall>
  /** When to look again at a call that runs for so long, in milliseconds; 0: make the second one now. */
  inMs: (elapsedMs: number) => Promise<number>
}

/**
 * The first answer of two calls, of which the second is made only when the first takes long. The other one is let go of
 * and paid for all the same: what it used is unknown and counted like the answer, which has the same question.
 * Throws what the first call throws when neither answers.
 */
export async function hedgedCall(calls: HedgedCall, signal: AbortSignal): Promise<Answer> {
  const ending = new AbortController()
  const firstOver = new AbortController()
  const until = AbortSignal.any([signal, ending.signal])
  let running = 0
  const run = async (make: MakeCall): Promise<Answer> => {
    running += 1
    try {
      return await make(until)
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
    return running > 0 ? { ...answer, usage: twice(answer.usage) } : answer
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

function twice({ inputTokens, cachedTokens, outputTokens }: Usage): Usage {
  return {
    inputTokens: 2 * inputTokens,
    cachedTokens: 2 * cachedTokens,
    outputTokens: 2 * outputTokens,
  }
}
