import { sleep } from '@capstan/shared/async/sleep'
import type { ReindexProgress, ReindexReport } from '../catalog.ts'
import {
  findCollection,
  createCollection,
  checkCollection,
  switchAlias,
  type CollectionState,
} from './collections.ts'
import {
  readCatalogGeneration,
  readCopiedGeneration,
  copyChanges,
  type CopyDeps,
} from './copy-changes.ts'
import { takeCopierLease } from './copier-lease.ts'
import { rebuildCollection } from './rebuild-collection.ts'
import { QdrantUnavailableError, QdrantRejectedError } from './qdrant-errors.ts'

/** How often it is looked whether the catalog has changed. */
const LOOK_MS = 500
/** Longest a change waits for others while a scan runs. Ten slots at five seconds a call fill a request in half of it. */
const LINGER_MS = 60_000
/** Longest a search waits for another process that copies what was written before. */
const OTHER_MS = 2_000
const OTHER_LOOK_MS = 25
const OPEN_MS = 5_000
const REST_MS = 2_000

/**
 * Keeps a copy of the catalog in Qdrant. The rows in Redis stay the truth: an outage of Qdrant or of the embedding
 * model holds up nobody who writes, loses nothing and costs no call of a model; the copy catches up afterwards.
 */
export class QdrantCopy {
  readonly #deps: CopyDeps
  readonly #alias: string
  readonly #stopping = new AbortController()
  #state: CollectionState | undefined
  #warning: string | undefined
  #running: Promise<void> | undefined

  constructor(deps: CopyDeps, alias: string) {
    this.#deps = deps
    this.#alias = alias
  }

  /** The collection to search in. Rejects with QdrantAway or QdrantRefused. */
  async state(): Promise<CollectionState> {
    this.#state ??= await this.#open()
    return this.#state
  }

  /** What does not work, for people; undefined when all is well. */
  get warning(): string | undefined {
    return this.#warning
  }

  /** Types that were changed since the copy was last brought up to date. */
  async behind(collection: string): Promise<number> {
    const { redis, keys } = this.#deps
    const copied = await readCopiedGeneration(redis, keys, collection)
    return redis.zcount(keys.catalogChanges, `(${copied}`, '+inf')
  }

  /** Copies what has changed, unless another process is at it. Rejects when the store or the model is away. */
  async catchUp(onlyFull = false): Promise<void> {
    try {
      const state = await this.state()
      if (state.outcome === 'mismatch') {
        this.#warning = state.why
        return
      }
      if (await this.#isAhead(state.collection)) {
        await this.reindex(() => undefined, this.#stopping.signal)
      } else if ((await this.behind(state.collection)) > 0)
        await this.#copy(state.collection, onlyFull)
      this.#warning = undefined
    } catch (error) {
      this.#state = undefined
      this.#warning = sentenceOf(error)
      throw error
    }
  }

  /** Builds a new collection and switches to it. Rejects when another process copies right now. */
  async reindex(onProgress: ReindexProgress, signal: AbortSignal): Promise<ReindexReport> {
    const { redis, keys } = this.#deps
    const lease = await takeCopierLease(redis, keys)
    if (!lease) throw new QdrantUnavailableError('Another process copies the catalog right now')
    try {
      const report = await rebuildCollection(this.#deps, this.#alias, lease, { onProgress, signal })
      this.#state = undefined
      return report
    } finally {
      await lease.release()
    }
  }

  /** Copies in the background: full batches at once, the rest when nothing more comes. */
  start(): void {
    this.#running ??= this.#follow()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  async #copy(collection: string, onlyFull: boolean): Promise<void> {
    const { redis, keys } = this.#deps
    const lease = await takeCopierLease(redis, keys)
    if (!lease) return this.#awaitOther(collection)
    try {
      await copyChanges(this.#deps, collection, {
        keep: lease.keep,
        signal: this.#stopping.signal,
        onlyFull,
      })
    } catch (error) {
      // Somebody switched or removed it.
      if (error instanceof QdrantRejectedError && error.status === 404) this.#state = undefined
      throw error
    } finally {
      await lease.release()
    }
  }

  /** The collection behind the alias; the first one is made by one process of all. */
  async #open(): Promise<CollectionState> {
    const { link, space, redis, keys } = this.#deps
    const endsAt = performance.now() + OPEN_MS
    while (performance.now() < endsAt) {
      const current = await findCollection(link, this.#alias)
      if (current !== undefined) return checkCollection(link, current, space)
      const lease = await takeCopierLease(redis, keys)
      if (lease) {
        try {
          await this.#createFirst()
        } finally {
          await lease.release()
        }
      } else await sleep(OTHER_LOOK_MS)
    }
    throw new QdrantUnavailableError('Another process makes the first collection of Qdrant')
  }

  async #createFirst(): Promise<void> {
    const { link, space, redis, keys } = this.#deps
    // The one who had the lease before may have made it.
    if ((await findCollection(link, this.#alias)) !== undefined) return
    const collection = await createCollection(link, this.#alias, space)
    // Of that name there may have been one that was deleted by hand.
    await redis.del(keys.catalogCopied(collection))
    await switchAlias(link, this.#alias, collection)
  }

  async #awaitOther(collection: string): Promise<void> {
    const { redis, keys } = this.#deps
    const until = await readCatalogGeneration(redis, keys)
    const endsAt = performance.now() + OTHER_MS
    while (
      performance.now() < endsAt &&
      (await readCopiedGeneration(redis, keys, collection)) < until
    ) {
      await sleep(OTHER_LOOK_MS)
    }
  }

  /** Redis was restored or emptied: the copy is of a later time than the catalog. */
  async #isAhead(collection: string): Promise<boolean> {
    const { redis, keys } = this.#deps
    const copied = await readCopiedGeneration(redis, keys, collection)
    return copied > (await readCatalogGeneration(redis, keys))
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stopping
    const seen: Seen = { sinceMs: performance.now() }
    while (!signal.aborted) {
      const pauseMs = await this.#look(seen).catch((error: unknown) => {
        this.#state = undefined
        this.#warning = sentenceOf(error)
        return REST_MS
      })
      await sleep(pauseMs, { signal })
    }
  }

  /** One look at what waits; answers when to look again. */
  async #look(seen: Seen): Promise<number> {
    const { collection } = await this.state()
    const waiting = await this.behind(collection)
    const now = performance.now()
    if (waiting === 0) seen.sinceMs = now
    const { redis, keys } = this.#deps
    // Without a scan nothing more is coming. With one, a request is filled first.
    const isLast = (await redis.hlen(keys.activeScans)) === 0
    const isOld = now - seen.sinceMs > LINGER_MS
    if (isLast || isOld) seen.sinceMs = now
    await this.catchUp(!isLast && !isOld)
    return LOOK_MS
  }
}

interface Seen {
  /** When the oldest change that waits was first seen. */
  sinceMs: number
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : 'Qdrant cannot be used'
}
