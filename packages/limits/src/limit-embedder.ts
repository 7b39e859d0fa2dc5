import { ItemError } from '@capstan/shared/errors'
import { loadOf } from './load-of.ts'
import { MustWait } from './must-wait.ts'
import { limitKeyFor } from './limit-key.ts'
import type { Admission, WaitHint } from './types.ts'
import {
  EMBED_BATCH,
  type Embedder,
  type EmbeddingAnswer,
  type EmbeddingModel,
} from '@capstan/shared/embeddings/embedder'

export interface EmbedderPacing {
  /** Longest wait for a turn that is worth sitting through. */
  patienceMs: number
  /** Calls for one set of texts at most. */
  tries: number
}

/** Of accounts that settings name none has a space. */
export const EMBEDDINGS_ACCOUNT = 'embeddings of the API'
/** A lease outlives its call. */
const LEASE_MARGIN_MS = 10_000
/** A refused key or a used-up quota does not mend itself in seconds. */
const REFUSED_PAUSE_MS = 30_000

interface Door {
  model: EmbeddingModel
  admission: Admission
  patienceMs: number
}

/**
 * An embedder whose every call has a turn under the limits that all processes share, as calls of models have. After a
 * 429 it tries again as far as its pace goes. Faults and an open breaker are told at once; a refused key or a used-up
 * quota is left alone for 30 s.
 */
export function limitEmbedder(
  model: EmbeddingModel,
  admission: Admission,
  { patienceMs, tries }: EmbedderPacing,
): Embedder {
  let last: ItemError | undefined
  let refusedUntilMs = 0
  const ask = async (texts: string[], signal: AbortSignal): Promise<Float32Array[]> => {
    for (let tried = 1; ; tried += 1) {
      if (last && performance.now() < refusedUntilMs) throw last
      try {
        const { vectors } = await askInTurn({ model, admission, patienceMs }, texts, signal)
        last = undefined
        return vectors
      } catch (error) {
        signal.throwIfAborted()
        // The fault that keeps the calls away is the better answer to the question why.
        last = asItemError(model, error, last)
        if (last.policy === 'pause-scan') refusedUntilMs = performance.now() + REFUSED_PAUSE_MS
        // A fault is for the caller, who comes back anyway and has something else to offer meanwhile.
        if (tried >= tries || !(error instanceof ItemError) || error.policy !== 'wait') throw last
      }
    }
  }
  return {
    model: model.model,
    dimensions: model.dimensions,
    embed: async (texts, signal) => {
      const vectors: Float32Array[] = []
      for (let start = 0; start < texts.length; start += EMBED_BATCH) {
        vectors.push(...(await ask(texts.slice(start, start + EMBED_BATCH), signal)))
      }
      return vectors
    },
  }
}

/** One call. A turn whose end Redis does not hear of expires by itself. */
async function askInTurn(
  { model, admission, patienceMs }: Door,
  texts: string[],
  signal: AbortSignal,
): Promise<EmbeddingAnswer> {
  const limitKey = limitKeyFor(EMBEDDINGS_ACCOUNT, model.model)
  const characters = texts.reduce((sum, { length }) => sum + length, 0)
  const ttlMs = model.timeoutMs + LEASE_MARGIN_MS
  const waiting = new AbortController()
  const onWait = ({ because, waitMs }: WaitHint): void => {
    if (because === 'breaker') waiting.abort(new MustWait(waitMs, because))
  }
  const wanted = { limitKey, characters, maxOutputTokens: 0, ttlMs, patienceMs, onWait }
  const turn = await admission.acquire(wanted, AbortSignal.any([signal, waiting.signal]))
  try {
    const answer = await model.ask(texts, signal)
    await turn.settle(answer.usage, answer.observed).catch(() => undefined)
    return answer
  } catch (error) {
    const { kind, ...facts } = loadOf(error)
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
  if (error instanceof MustWait) return last ?? keptAway(model, error)
  return new ItemError('internal', 'retry', 'The limits of the embedding model cannot be read', {
    cause: error,
  })
}

function keptAway({ model }: EmbeddingModel, { waitMs, because }: MustWait): ItemError {
  const seconds = Math.ceil(waitMs / 1_000)
  const message = `The embedding model ${model} may not be called for another ${seconds} s (${because})`
  return new ItemError('rate_limited', 'wait', message, { retryAfterMs: waitMs })
}
