import { ItemError } from '@capstan/shared/errors'
import { classifyCallOutcome } from '../limiter/classify-call-outcome.ts'
import { MaxWaitError } from './max-wait-error.ts'
import type { Admission, AdmissionWait } from '../types.ts'
import type { Embedder, EmbeddingAnswer, EmbeddingModel } from '@capstan/shared/embeddings/embedder'
import { createBatchEmbedder } from './embed-in-batches.ts'

export interface EmbedderPacing {
  /** Longest wait for admission. */
  maxWaitMs: number
  /** Maximum number of calls per batch of texts. */
  tries: number
}

/** Contains spaces, so that it cannot equal an account of the settings. */
export const EMBEDDINGS_ACCOUNT = 'embeddings of the API'
/** The lease of a permit exceeds the timeout of its call by this time. */
const LEASE_MARGIN_MS = 10_000
/** A rejected key or an exhausted quota does not recover within seconds. */
const REFUSED_PAUSE_MS = 30_000

interface LimitedModel {
  model: EmbeddingModel
  admission: Admission
  maxWaitMs: number
}

/**
 * Creates an embedder whose calls need admission by the shared limits, like model calls. Retries after a 429, within its
 * pacing, and in smaller batches where the server needs them. Fails at once for other faults and an open breaker. After a rejected key or an exhausted quota it makes no call for
 * 30 s.
 */
export function limitEmbedder(
  model: EmbeddingModel,
  admission: Admission,
  { maxWaitMs, tries }: EmbedderPacing,
): Embedder {
  let last: ItemError | undefined
  let refusedUntilMs = 0
  const ask = async (texts: string[], signal: AbortSignal): Promise<Float32Array[]> => {
    for (let tried = 1; ; tried += 1) {
      if (last && performance.now() < refusedUntilMs) throw last
      try {
        const { vectors } = await embedOnce({ model, admission, maxWaitMs }, texts, signal)
        last = undefined
        return vectors
      } catch (error) {
        signal.throwIfAborted()
        // The fault that opened the breaker is the more useful error.
        last = asItemError(model, error, last)
        if (last.policy === 'pause-scan') refusedUntilMs = performance.now() + REFUSED_PAUSE_MS
        // The caller handles other faults: it retries later and has a fallback.
        if (tried >= tries || !(error instanceof ItemError) || error.policy !== 'wait') throw last
      }
    }
  }
  return {
    model: model.model,
    dimensions: model.dimensions,
    embed: createBatchEmbedder(ask),
  }
}

/** Makes one call. If the release of its permit fails, the lease expires on its own. */
async function embedOnce(
  { model, admission, maxWaitMs }: LimitedModel,
  texts: string[],
  signal: AbortSignal,
): Promise<EmbeddingAnswer> {
  const limitKey = { account: EMBEDDINGS_ACCOUNT, model: model.model }
  const characters = texts.reduce((sum, { length }) => sum + length, 0)
  const ttlMs = model.timeoutMs + LEASE_MARGIN_MS
  const waiting = new AbortController()
  const onWait = ({ because, waitMs }: AdmissionWait): void => {
    if (because === 'breaker') waiting.abort(new MaxWaitError(waitMs, because))
  }
  const wanted = { limitKey, characters, maxOutputTokens: 0, ttlMs, maxWaitMs: maxWaitMs, onWait }
  const turn = await admission.acquire(wanted, AbortSignal.any([signal, waiting.signal]))
  try {
    const answer = await model.ask(texts, signal)
    await turn.settle(answer.usage, answer.observed).catch(() => undefined)
    return answer
  } catch (error) {
    const { kind, ...facts } = classifyCallOutcome(error)
    await turn.fail(kind, facts).catch(() => undefined)
    throw error
  }
}

function asItemError(
  model: EmbeddingModel,
  error: unknown,
  last: ItemError | undefined,
): ItemError {
  if (error instanceof ItemError) return error
  if (error instanceof MaxWaitError) return last ?? createWaitError(model, error)
  return new ItemError('internal', 'retry', 'The limits of the embedding model cannot be read', {
    cause: error,
  })
}

function createWaitError({ model }: EmbeddingModel, { waitMs, because }: MaxWaitError): ItemError {
  const seconds = Math.ceil(waitMs / 1_000)
  const message = `The embedding model ${model} may not be called for another ${seconds} s (${because})`
  return new ItemError('rate_limited', 'wait', message, { retryAfterMs: waitMs })
}
