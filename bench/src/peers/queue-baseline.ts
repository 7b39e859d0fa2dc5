import PQueue from 'p-queue'
import { openModels } from '@capstan/llm/open-models'
import { defaultModel } from '@capstan/shared/config/default-model'
import { parseAnswer } from '@capstan/shared/inference/parse-answer'
import { SIMULATED_KEY } from '../stack/start-bench-stack.ts'
import type { Baseline } from '../cases/bench-case.ts'
import { buildQuestions } from './build-questions.ts'

/** Default retries of the SDK. */
const SDK_RETRIES = 2

/** A common baseline: a queue with fixed concurrency, and the SDK's own retries, which hold their slot. */
export const queueBaseline: Baseline = async ({ providerUrl, slots, ...work }, signal) => {
  const models = await openModels({
    anthropic: { apiKey: SIMULATED_KEY, baseUrl: providerUrl, maxRetries: SDK_RETRIES },
  })
  const model = models.get('anthropic', defaultModel('anthropic'))
  if (!model) throw new Error('a model with a key is not served')
  const startedAtMs = Date.now()
  const questions = await buildQuestions(work, signal)
  const queue = new PQueue({ concurrency: slots })
  let failed = 0
  await queue.addAll(
    questions.map((question) => async () => {
      try {
        const { text } = await model.ask(question, signal)
        if (parseAnswer(text).outcome !== 'valid') failed += 1
      } catch {
        signal.throwIfAborted()
        failed += 1
      }
    }),
  )
  return { startedAtMs, endedAtMs: Date.now(), types: questions.length, failed }
}
