import { setTimeout as sleep } from 'node:timers/promises'
import PQueue from 'p-queue'
import { openModels } from '@capstan/llm/open-models'
import { defaultModel } from '@capstan/shared/config/default-model'
import { ItemError } from '@capstan/shared/errors'
import { parseAnswer } from '@capstan/shared/inference/parse-answer'
import type { Model, Question } from '@capstan/shared/inference/types'
import { SIMULATED_KEY } from '../stack/start-bench-stack.ts'
import type { Baseline } from '../cases/bench-case.ts'
import { buildQuestions } from './build-questions.ts'

/** For a rejection without a wait. */
const PAUSE_MS = 5_000
const MINUTE_MS = 60_000

/**
 * A better baseline: a fixed number of starts per minute; all callers pause after a rejection, then retry
 * without limit. It counts requests and ignores tokens.
 */
export function createPausingBaseline(requestsPerMinute: number): Baseline {
  return async ({ providerUrl, slots, ...work }, signal) => {
    const models = await openModels({ anthropic: { apiKey: SIMULATED_KEY, baseUrl: providerUrl } })
    const model = models.get('anthropic', defaultModel('anthropic'))
    if (!model) throw new Error('a model with a key is not served')
    const startedAtMs = Date.now()
    const questions = await buildQuestions(work, signal)
    const queue = new PQueue({
      concurrency: slots,
      intervalCap: requestsPerMinute,
      interval: MINUTE_MS,
    })
    const pause: SharedPause = { untilMs: 0 }
    const answered = await queue.addAll(
      questions.map((question) => () => askUntilAnswered(model, question, pause, signal)),
    )
    const failed = answered.filter((one) => !one).length
    return { startedAtMs, endedAtMs: Date.now(), types: questions.length, failed }
  }
}

interface SharedPause {
  untilMs: number
}

async function askUntilAnswered(
  model: Model,
  question: Question,
  pause: SharedPause,
  signal: AbortSignal,
): Promise<boolean> {
  for (;;) {
    while (pause.untilMs > Date.now()) {
      await sleep(pause.untilMs - Date.now(), undefined, { signal })
    }
    try {
      const { text } = await model.ask(question, signal)
      return parseAnswer(text).outcome === 'valid'
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof ItemError) || error.reason !== 'rate_limited') return false
      const resumesAtMs = Date.now() + (error.retryAfterMs ?? PAUSE_MS)
      pause.untilMs = Math.max(pause.untilMs, resumesAtMs)
    }
  }
}
