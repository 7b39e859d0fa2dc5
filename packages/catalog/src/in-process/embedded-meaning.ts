import { setImmediate as turn } from 'node:timers/promises'
import type { Capability } from '@capstan/shared/contract/capability'
import type { Embedder } from '@capstan/shared/embeddings/embedder'
import { embeddingText } from '../embedding-text.ts'
import type { Meaning } from './meaning.ts'
import { VectorTable } from './vector-table.ts'

/** Texts in one call of a model. */
const BATCH = 64
/** After a failure, before the model is asked again for rows. */
const REST_MS = 5_000
/** Models of today put texts that have nothing in common at 0.1 to 0.2. */
const LEAST_COSINE = 0.25

/** Vectors of rows, in this process. Rows wait here until they are embedded, however long the model is away. */
export class EmbeddedMeaning implements Meaning {
  readonly #embedder: Embedder
  readonly #least: number
  readonly #vectors: VectorTable
  readonly #waiting = new Map<string, Capability>()
  readonly #stopped = new AbortController()
  #filling: Promise<void> | undefined
  #restsUntil = 0

  /** `least`: cosine below which a row has nothing to do with a query; depends on the model. */
  constructor(embedder: Embedder, least = LEAST_COSINE) {
    this.#embedder = embedder
    this.#least = least
    this.#vectors = new VectorTable(embedder.dimensions)
  }

  get waiting(): number {
    return this.#waiting.size
  }

  set(id: string, row: Capability): void {
    this.#vectors.delete(id)
    this.#waiting.set(id, row)
  }

  delete(id: string): void {
    this.#vectors.delete(id)
    this.#waiting.delete(id)
  }

  clear(): void {
    this.#vectors.clear()
    this.#waiting.clear()
  }

  close(): void {
    this.#stopped.abort()
  }

  fill(): Promise<void> {
    this.#filling ??= this.#fillAll().finally(() => (this.#filling = undefined))
    return this.#filling
  }

  async search(query: string, signal: AbortSignal): Promise<Map<string, number>> {
    const [vector] = await this.#embedder.embed([query], signal)
    return vector ? this.#vectors.search(vector, this.#least) : new Map()
  }

  async #fillAll(): Promise<void> {
    if (performance.now() < this.#restsUntil) return
    try {
      while (this.#waiting.size > 0) await this.#fillSome([...this.#waiting].slice(0, BATCH))
    } catch {
      this.#restsUntil = performance.now() + REST_MS
    }
  }

  async #fillSome(batch: [string, Capability][]): Promise<void> {
    const texts = batch.map(([, row]) => embeddingText(row))
    const vectors = await this.#embedder.embed(texts, this.#stopped.signal)
    for (const [index, [id, row]] of batch.entries()) {
      const vector = vectors[index]
      // Another row, or none, has taken its place meanwhile.
      if (!vector || this.#waiting.get(id) !== row) continue
      this.#waiting.delete(id)
      this.#vectors.set(id, vector)
    }
    await turn()
  }
}
