import { setTimeout as wait } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { Capability } from '@capstan/shared/contract/capability'
import { EMBED_BATCH, type Embedder } from '@capstan/shared/embeddings/embedder'
import type { RedisKeys } from '@capstan/redis/keys'
import { cacheEmbeddings } from '../cache-embeddings.ts'
import type { ReindexProgress } from '../catalog.ts'
import { buildEmbeddingText, MIN_COSINE } from '../build-embedding-text.ts'
import { takeCopierLease } from '../qdrant/copier-lease.ts'
import type { ScoredId } from './select-best.ts'
import {
  ReindexRequiredError,
  type SemanticIndex,
  type SemanticQuery,
  type RebuildResult,
} from './semantic-index.ts'
import type { ScoreOptions } from './inverted-index.ts'

interface Embedded {
  text: string
  vector: Float32Array | undefined
}

/** Rows that come one by one while a scan runs are embedded together. */
const GATHER_MS = 250
const OTHER_LOOK_MS = 250
const REST_MS = 5_000

/**
 * Search by the vectors of an embedding model, compared in this process. Vectors are kept in Redis under model and
 * length, and one process of all asks the model for them. Which model and length count is written down there too:
 * with others nothing is compared before somebody has said `reindex`.
 */
export class EmbeddingIndex implements SemanticIndex {
  readonly #redis: Redis
  readonly #keys: RedisKeys
  readonly #rowEmbedder: Embedder
  readonly #queryEmbedder: Embedder
  readonly #space: string
  readonly #rows = new Map<string, Embedded>()
  readonly #waiting = new Set<string>()
  readonly #closing = new AbortController()
  #filling: Promise<void> | undefined
  #soon: NodeJS.Timeout | undefined
  #warning: string | undefined

  constructor(redis: Redis, keys: RedisKeys, models: { ofRows: Embedder; ofQueries: Embedder }) {
    const { model, dimensions } = models.ofRows
    this.#redis = redis
    this.#keys = keys
    this.#rowEmbedder = cacheEmbeddings(redis, keys, models.ofRows)
    this.#queryEmbedder = models.ofQueries
    this.#space = `${model} (${dimensions})`
  }

  get waiting(): number {
    return this.#waiting.size
  }

  get warning(): string | undefined {
    return this.#warning
  }

  set(id: string, row: Capability): void {
    const text = buildEmbeddingText(row)
    if (this.#rows.get(id)?.text === text) return
    this.#rows.set(id, { text, vector: undefined })
    this.#waiting.add(id)
    this.#fillIn(GATHER_MS)
  }

  delete(id: string): void {
    this.#rows.delete(id)
    this.#waiting.delete(id)
  }

  clear(): void {
    this.#rows.clear()
    this.#waiting.clear()
  }

  close(): void {
    clearTimeout(this.#soon)
    this.#closing.abort(new Error('the server stops'))
  }

  async fill(): Promise<void> {
    clearTimeout(this.#soon)
    this.#soon = undefined
    this.#filling ??= this.#fillOnce().finally(() => (this.#filling = undefined))
    return this.#filling
  }

  async search(
    { text }: SemanticQuery,
    { passes }: ScoreOptions,
    signal: AbortSignal,
  ): Promise<ScoredId[]> {
    await this.#requireSpace()
    const [asked] = await this.#queryEmbedder.embed([text], signal)
    const found: ScoredId[] = []
    for (const [id, { vector }] of this.#rows) {
      const score = asked && vector ? cosine(asked, vector) : 0
      if (score >= MIN_COSINE && passes?.(id) !== false) found.push([id, score])
    }
    return found
  }

  async renew(onProgress: ReindexProgress, signal: AbortSignal): Promise<RebuildResult> {
    const previous = await this.#redis.get(this.#keys.catalogSpace)
    const both = AbortSignal.any([signal, this.#closing.signal])
    const total = this.#rows.size
    await this.#embedWaiting(both, () => onProgress(total - this.#waiting.size, total))
    await this.#redis.set(this.#keys.catalogSpace, this.#space)
    this.#warning = undefined
    return { store: this.#space, previous }
  }

  #fillIn(ms: number): void {
    if (this.#closing.signal.aborted) return
    this.#soon ??= setTimeout(() => void this.fill(), ms).unref()
  }

  async #fillOnce(): Promise<void> {
    try {
      await this.#requireSpace()
      await this.#embedWaiting(this.#closing.signal)
      this.#warning = undefined
    } catch (error) {
      this.#warning = error instanceof Error ? error.message : 'The embedding model cannot be used'
      if (!(error instanceof ReindexRequiredError)) this.#fillIn(REST_MS)
    }
  }

  /** Whoever embeds first says by what all rows are compared. */
  async #requireSpace(): Promise<void> {
    const { catalogSpace } = this.#keys
    const there = await this.#redis.set(catalogSpace, this.#space, 'NX', 'GET')
    if (there === null || there === this.#space) return
    throw new ReindexRequiredError(
      `The rows are embedded by ${there}, but this server uses ${this.#space}, so only words were compared. \`capstan reindex\`, or POST /api/v1/capabilities/reindex, embeds them anew.`,
    )
  }

  async #embedWaiting(signal: AbortSignal, onProgress?: () => void): Promise<void> {
    while (this.#waiting.size > 0) {
      signal.throwIfAborted()
      const lease = await takeCopierLease(this.#redis, this.#keys)
      // What the other one pays for need only be read then.
      if (!lease) await wait(OTHER_LOOK_MS, undefined, { signal })
      else {
        try {
          await this.#embedSome([...this.#waiting].slice(0, EMBED_BATCH), signal)
        } finally {
          await lease.release()
        }
      }
      onProgress?.()
    }
  }

  async #embedSome(ids: string[], signal: AbortSignal): Promise<void> {
    const batch = ids.flatMap((id) => {
      const row = this.#rows.get(id)
      return row ? [{ id, row }] : []
    })
    const texts = batch.map(({ row }) => row.text)
    const vectors = await this.#rowEmbedder.embed(texts, signal)
    for (const [index, { id, row }] of batch.entries()) {
      row.vector = vectors[index]
      // One that has changed meanwhile waits on.
      if (this.#rows.get(id) === row) this.#waiting.delete(id)
    }
  }
}

/** Of vectors of length 1. */
function cosine(one: Float32Array, other: Float32Array): number {
  let sum = 0
  for (let index = 0; index < one.length; index += 1) {
    sum += (one[index] ?? 0) * (other[index] ?? 0)
  }
  return sum
}
