import { setTimeout as wait } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { Capability } from '@capstan/shared/contract/capability'
import { EMBED_BATCH, type Embedder } from '@capstan/shared/embeddings/embedder'
import type { RedisKeys } from '@capstan/redis/keys'
import { cacheEmbeddings } from '../cache-embeddings.ts'
import type { ReindexProgress } from '../catalog.ts'
import { buildEmbeddingText } from '../build-embedding-text.ts'
import {
  computeCosine,
  measureEmbeddingScale,
  MIN_RELATEDNESS,
  toRelatedness,
  type EmbeddingScale,
} from '../embedding-scale.ts'
import { takeCopierLease } from '../qdrant/copier-lease.ts'
import type { ScoredId } from './select-best.ts'
import {
  ReindexRequiredError,
  type SemanticIndex,
  type SemanticQuery,
  type RebuildResult,
} from './semantic-index.ts'
import type { ScoreOptions } from './inverted-index.ts'

interface EmbeddedText {
  text: string
  vector: Float32Array | undefined
}

/** Delay in which rows that a scan writes one by one are collected into one request. */
const BATCH_DELAY_MS = 250
const OTHER_PROCESS_POLL_MS = 250
const RETRY_MS = 5_000

/**
 * Semantic index with the vectors of an embedding model, compared in this process. Redis caches vectors by model and
 * dimensions, and a lease lets one process at a time call the model. Redis also stores which model and dimensions are in
 * use: a process with others does not search semantically until a reindex.
 */
export class EmbeddingIndex implements SemanticIndex {
  readonly #redis: Redis
  readonly #keys: RedisKeys
  readonly #rowEmbedder: Embedder
  readonly #queryEmbedder: Embedder
  readonly #space: string
  readonly #rows = new Map<string, EmbeddedText>()
  readonly #pending = new Set<string>()
  readonly #closing = new AbortController()
  #processing: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #warning: string | undefined
  #scale: EmbeddingScale | undefined

  constructor(redis: Redis, keys: RedisKeys, models: { rows: Embedder; queries: Embedder }) {
    const { model, dimensions } = models.rows
    this.#redis = redis
    this.#keys = keys
    this.#rowEmbedder = cacheEmbeddings(redis, keys, models.rows)
    this.#queryEmbedder = models.queries
    this.#space = `${model} (${dimensions})`
  }

  get pending(): number {
    return this.#pending.size
  }

  get warning(): string | undefined {
    return this.#warning
  }

  set(id: string, row: Capability): void {
    const text = buildEmbeddingText(row)
    if (this.#rows.get(id)?.text === text) return
    this.#rows.set(id, { text, vector: undefined })
    this.#pending.add(id)
    this.#scheduleProcessing(BATCH_DELAY_MS)
  }

  delete(id: string): void {
    this.#rows.delete(id)
    this.#pending.delete(id)
  }

  clear(): void {
    this.#rows.clear()
    this.#pending.clear()
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#closing.abort(new Error('the server stops'))
  }

  async processPending(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#processing ??= this.#processOnce().finally(() => (this.#processing = undefined))
    return this.#processing
  }

  async search(
    { text }: SemanticQuery,
    { matches }: ScoreOptions,
    signal: AbortSignal,
  ): Promise<ScoredId[]> {
    await this.#claimSpace()
    const [queryVector] = await this.#queryEmbedder.embed([text], signal)
    const scale = await this.#measureScale(signal)
    const found: ScoredId[] = []
    for (const [id, { vector }] of this.#rows) {
      if (!queryVector || !vector) continue
      const relatedness = toRelatedness(computeCosine(queryVector, vector), scale)
      if (relatedness >= MIN_RELATEDNESS && matches?.(id) !== false) found.push([id, relatedness])
    }
    return found
  }

  async rebuild(onProgress: ReindexProgress, signal: AbortSignal): Promise<RebuildResult> {
    const previous = await this.#redis.get(this.#keys.catalogSpace)
    const both = AbortSignal.any([signal, this.#closing.signal])
    const total = this.#rows.size
    await this.#embedPending(both, () => onProgress(total - this.#pending.size, total))
    await this.#redis.set(this.#keys.catalogSpace, this.#space)
    this.#warning = undefined
    return { store: this.#space, previous }
  }

  /** Once in a process. The vectors of the probes are in the cache of rows. */
  async #measureScale(signal: AbortSignal): Promise<EmbeddingScale> {
    this.#scale ??= await measureEmbeddingScale(this.#rowEmbedder, signal)
    return this.#scale
  }

  #scheduleProcessing(ms: number): void {
    if (this.#closing.signal.aborted) return
    this.#timer ??= setTimeout(() => void this.processPending(), ms).unref()
  }

  async #processOnce(): Promise<void> {
    try {
      await this.#claimSpace()
      await this.#measureScale(this.#closing.signal)
      await this.#embedPending(this.#closing.signal)
      this.#warning = undefined
    } catch (error) {
      this.#warning = error instanceof Error ? error.message : 'The embedding model cannot be used'
      if (!(error instanceof ReindexRequiredError)) this.#scheduleProcessing(RETRY_MS)
    }
  }

  /** The first process that embeds determines the vector space. Throws if the stored one differs. */
  async #claimSpace(): Promise<void> {
    const { catalogSpace } = this.#keys
    const stored = await this.#redis.set(catalogSpace, this.#space, 'NX', 'GET')
    if (stored === null || stored === this.#space) return
    throw new ReindexRequiredError(
      `The rows are embedded by ${stored}, but this server uses ${this.#space}, so only words were compared. \`capstan reindex\`, or POST /api/v1/capabilities/reindex, embeds them again.`,
    )
  }

  async #embedPending(signal: AbortSignal, onProgress?: () => void): Promise<void> {
    while (this.#pending.size > 0) {
      signal.throwIfAborted()
      const lease = await takeCopierLease(this.#redis, this.#keys)
      // Another process is embedding. Afterwards its vectors are in the cache.
      if (!lease) await wait(OTHER_PROCESS_POLL_MS, undefined, { signal })
      else {
        try {
          await this.#embedBatch([...this.#pending].slice(0, EMBED_BATCH), signal)
        } finally {
          await lease.release()
        }
      }
      onProgress?.()
    }
  }

  async #embedBatch(ids: string[], signal: AbortSignal): Promise<void> {
    const batch = ids.flatMap((id) => {
      const row = this.#rows.get(id)
      return row ? [{ id, row }] : []
    })
    const texts = batch.map(({ row }) => row.text)
    const vectors = await this.#rowEmbedder.embed(texts, signal)
    for (const [index, { id, row }] of batch.entries()) {
      row.vector = vectors[index]
      // A row that changed meanwhile stays pending.
      if (this.#rows.get(id) === row) this.#pending.delete(id)
    }
  }
}
