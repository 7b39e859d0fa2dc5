import { sleep } from '@capstan/shared/async/sleep'
import type { ReindexProgress, ReindexReport } from '../catalog.ts'
import {
  buildCollection,
  checkCollection,
  findCollection,
  type CollectionState,
} from './collections.ts'
import {
  copyChanges,
  countPendingChanges,
  readCatalogGeneration,
  readCopiedGeneration,
  recoverGeneration,
  type CopyDeps,
} from './copy-changes.ts'
import { takeCopierLease } from './copier-lease.ts'
import { rebuildCollection } from './rebuild-collection.ts'
import { QdrantUnavailableError } from './qdrant-errors.ts'

/** Interval of checks for changes of the catalog. */
const POLL_MS = 500
/**
 * How long a change waits during a scan for others that fill its request. Ten slots with calls of five seconds fill one in
 * half of that time.
 */
const MAX_BATCH_WAIT_MS = 60_000
/** How long a search waits while another process copies earlier writes. */
const OTHER_COPIER_WAIT_MS = 2_000
const OTHER_COPIER_POLL_MS = 25
/** How long a process waits while another one creates the first collection: a busy server needs ten seconds for it. */
const OPEN_TIMEOUT_MS = 30_000
const RETRY_MS = 2_000
const STOP_TIMEOUT_MS = 3_000
/** Interval of checks whether another process has switched to a new collection. */
const CHECK_MS = 10_000

/**
 * Keeps a copy of the catalog in Qdrant. The rows in Redis remain authoritative: an outage of Qdrant or of the embedding
 * model delays no write, loses nothing and wastes no model call. The copy catches up afterwards.
 */
export class QdrantCopy {
  readonly #deps: CopyDeps
  readonly #alias: string
  readonly #stopping = new AbortController()
  #state: CollectionState | undefined
  #opening: Promise<CollectionState> | undefined
  #warning: string | undefined
  #running: Promise<void> | undefined

  constructor(deps: CopyDeps, alias: string) {
    this.#deps = deps
    this.#alias = alias
  }

  /** The collection to search. Rejects with QdrantUnavailableError or QdrantRejectedError. */
  async state(): Promise<CollectionState> {
    return this.#state ?? this.#check()
  }

  /** Reports that a search failed. The next use, or the background copy, checks the collection again. */
  reportFailure(error: unknown): void {
    this.#state = undefined
    this.#warning = describeError(error)
  }

  /** Why searches need not try Qdrant before the background copy has succeeded again; undefined if they should. */
  get outage(): string | undefined {
    return this.#running && this.#warning
  }

  /** Why the copy is not current, for people; undefined if it is. */
  get warning(): string | undefined {
    return this.#warning
  }

  /** Number of changed types that are not copied yet. */
  countPending(collection: string): Promise<number> {
    return countPendingChanges(this.#deps, collection)
  }

  /**
   * Copies the changes, or waits while another process copies them. Rejects when the store or the model is unreachable.
   * `fullBatchesOnly` leaves an incomplete batch for later.
   */
  async catchUp(fullBatchesOnly = false): Promise<void> {
    try {
      const state = await this.state()
      if (state.outcome === 'mismatch') {
        this.#warning = state.why
        return
      }
      if (await this.#isNewerThanCatalog(state.collection)) {
        await this.reindex(() => undefined, this.#stopping.signal)
      } else if ((await this.countPending(state.collection)) > 0)
        await this.#copy(state.collection, fullBatchesOnly)
      this.#warning = undefined
    } catch (error) {
      this.reportFailure(error)
      throw error
    }
  }

  /** Builds a new collection and switches to it. Rejects while another process copies. */
  async reindex(onProgress: ReindexProgress, signal: AbortSignal): Promise<ReindexReport> {
    const { redis, keys } = this.#deps
    const lease = await takeCopierLease(redis, keys)
    if (!lease) throw new QdrantUnavailableError('Another process is copying the catalog')
    try {
      const report = await rebuildCollection(this.#deps, this.#alias, lease, { onProgress, signal })
      this.#state = undefined
      return report
    } finally {
      await lease.release()
    }
  }

  /** Copies in the background: full batches at once, an incomplete batch when no more changes are expected. */
  start(): void {
    this.#running ??= this.#follow()
  }

  /** Waits for the current request, but not for a server that does not answer: the copy continues after a restart. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await Promise.race([this.#running, sleep(STOP_TIMEOUT_MS, { ref: false })])
  }

  async #copy(collection: string, fullBatchesOnly: boolean): Promise<void> {
    const { redis, keys } = this.#deps
    const lease = await takeCopierLease(redis, keys)
    if (!lease) return this.#awaitOtherCopier(collection)
    try {
      await copyChanges(this.#deps, collection, {
        renewLease: lease.renew,
        signal: this.#stopping.signal,
        fullBatchesOnly,
      })
    } finally {
      await lease.release()
    }
  }

  /** Reads the state, once for simultaneous callers. A mismatch is not kept: any process may reindex. */
  #check(): Promise<CollectionState> {
    this.#opening ??= this.#open()
      .then((state) => {
        this.#state = state.outcome === 'ready' ? state : undefined
        return state
      })
      .finally(() => {
        this.#opening = undefined
      })
    return this.#opening
  }

  /** The collection behind the alias. A lease lets one process create the first one. */
  async #open(): Promise<CollectionState> {
    const { connection, space, redis, keys } = this.#deps
    const endsAt = performance.now() + OPEN_TIMEOUT_MS
    for (;;) {
      const current = await findCollection(connection, this.#alias)
      if (current !== undefined) {
        const state = await checkCollection(connection, current, space)
        if (state.outcome === 'ready') await recoverGeneration(this.#deps, current)
        return state
      }
      const lease = await takeCopierLease(redis, keys)
      if (lease) {
        try {
          await this.#createFirst()
        } finally {
          await lease.release()
        }
        continue
      }
      if (performance.now() > endsAt) {
        throw new QdrantUnavailableError(
          'Another process is creating the first collection in Qdrant',
        )
      }
      await sleep(OTHER_COPIER_POLL_MS)
    }
  }

  async #createFirst(): Promise<void> {
    const { connection, space, redis, keys } = this.#deps
    // The previous holder of the lease may have created it.
    if ((await findCollection(connection, this.#alias)) !== undefined) return
    await buildCollection(connection, { alias: this.#alias, space }, async (collection) => {
      // An earlier collection of that name may have been deleted by hand.
      await redis.del(keys.catalogCopied(collection))
    })
  }

  async #awaitOtherCopier(collection: string): Promise<void> {
    const { redis, keys } = this.#deps
    const until = await readCatalogGeneration(redis, keys)
    const endsAt = performance.now() + OTHER_COPIER_WAIT_MS
    while (
      performance.now() < endsAt &&
      (await readCopiedGeneration(redis, keys, collection)) < until
    ) {
      await sleep(OTHER_COPIER_POLL_MS)
    }
  }

  /** Redis was emptied: the copy has a later generation than the catalog. */
  async #isNewerThanCatalog(collection: string): Promise<boolean> {
    const { redis, keys } = this.#deps
    const copied = await readCopiedGeneration(redis, keys, collection)
    return copied > (await readCatalogGeneration(redis, keys))
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stopping
    const pending: PendingChanges = { sinceMs: performance.now() }
    let checkedAtMs = performance.now()
    while (!signal.aborted) {
      try {
        if (performance.now() - checkedAtMs > CHECK_MS) {
          checkedAtMs = performance.now()
          await this.#check()
        }
        await this.#copyDueChanges(pending)
      } catch (error) {
        this.reportFailure(error)
      }
      await sleep(this.#state ? POLL_MS : RETRY_MS, { signal })
    }
  }

  async #copyDueChanges(pending: PendingChanges): Promise<void> {
    const { collection } = await this.state()
    const count = await this.countPending(collection)
    const now = performance.now()
    if (count === 0) pending.sinceMs = now
    const { redis, keys } = this.#deps
    // During a scan more changes are expected, so a batch is filled first.
    const isIdle = (await redis.hlen(keys.activeScans)) === 0
    const isOverdue = now - pending.sinceMs > MAX_BATCH_WAIT_MS
    if (isIdle || isOverdue) pending.sinceMs = now
    await this.catchUp(!isIdle && !isOverdue)
  }
}

interface PendingChanges {
  /** `performance.now()` at which the oldest pending change was first seen. */
  sinceMs: number
}

function describeError(error: unknown): string {
  return error instanceof Error ? error.message : 'Qdrant cannot be used'
}
