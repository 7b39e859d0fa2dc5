import { setTimeout as wait } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { Capability } from '@capstan/shared/contract/capability'
import type { RedisKeys } from '@capstan/shared/redis/keys'
import type {
  CapabilityFilter,
  ReindexProgress,
  ReindexReport,
  SearchMode,
  SearchOptions,
  SearchResult,
} from '../catalog.ts'
import { countFacets } from '../count-facets.ts'
import { matchesFilter } from '../matches-filter.ts'
import { fuseRanks } from '../fuse-ranks.ts'
import { KeywordIndex, type KeywordHit } from './keyword-index.ts'
import { MeaningRefused, type Meaning } from './meaning.ts'
import { RowFollower } from './row-follower.ts'

type Ranked = [id: string, score: number]

/** Of a list that goes into the fusion; what comes later adds next to nothing. */
const FUSED = 200
/** Longest a search waits for rows to be embedded. */
const EMBED_MS = 2_000
const QUERY_MS = 5_000

/** An index of all rows in this process. Each read first applies what has changed in Redis since. */
export class CatalogIndex {
  readonly #rows = new Map<string, Capability>()
  readonly #words = new KeywordIndex()
  readonly #meaning: Meaning
  readonly #follower: RowFollower
  #ordered: Capability[] | undefined

  constructor(redis: Redis, keys: RedisKeys, meaning: Meaning) {
    this.#meaning = meaning
    this.#follower = new RowFollower(redis, keys, {
      set: (id, row) => {
        this.#rows.set(id, row)
        this.#words.set(id, row)
        this.#meaning.set(id, row)
        this.#ordered = undefined
      },
      delete: (id) => {
        this.#rows.delete(id)
        this.#words.delete(id)
        this.#meaning.delete(id)
        this.#ordered = undefined
      },
      clear: () => {
        this.#rows.clear()
        this.#words.clear()
        this.#meaning.clear()
        this.#ordered = undefined
      },
    })
  }

  /** All rows, ordered by cluster and resource. */
  async rows(): Promise<Capability[]> {
    await this.#follower.catchUp()
    this.#ordered ??= [...this.#rows.values()].toSorted((a, b) =>
      `${a.cluster}\u0000${a.resource}` < `${b.cluster}\u0000${b.resource}` ? -1 : 1,
    )
    return this.#ordered
  }

  /** Forgets everything, reads all rows again, and makes anew what they mean. */
  async rebuild(onProgress: ReindexProgress, signal: AbortSignal): Promise<ReindexReport> {
    await this.#follower.startOver()
    const renewed = await this.#meaning.renew(onProgress, signal)
    return { types: this.#rows.size, ...renewed }
  }

  /** Sentences on what cannot be found by meaning. */
  troubles(): string[] {
    const { trouble, waiting } = this.#meaning
    return [trouble, stillWaiting(waiting)].filter((one) => typeof one === 'string')
  }

  close(): void {
    this.#meaning.close()
  }

  async search(
    query: string,
    filter: CapabilityFilter,
    { limit, mode = 'hybrid' }: SearchOptions,
  ): Promise<SearchResult> {
    await this.#follower.catchUp()
    const { near, note } =
      mode === 'keyword' ? { note: null } : await this.#byMeaning(query, filter)
    const words = this.#byWord(query, filter)
    const ran = near ? mode : 'keyword'
    const found = rank(ran, words, near ?? [])
    const matched = new Map(words.map((hit) => [hit.id, hit.matched]))
    const rowsOf = (ranked: Ranked[]) => ranked.flatMap(([id]) => this.#rows.get(id) ?? [])
    const hits = found.slice(0, limit)
    return {
      mode: ran,
      note,
      hits: rowsOf(hits).map((capability, place) => {
        const [id, score] = hits[place] ?? ['', 0]
        return { capability, score, matched: matched.get(id)?.() ?? [] }
      }),
      facets: countFacets(rowsOf(found)),
    }
  }

  #byWord(query: string, filter: CapabilityFilter): KeywordHit[] {
    return this.#words
      .search(query)
      .filter(({ id }) => this.#passes(id, filter))
      .toSorted((a, b) => byScore([a.id, a.score], [b.id, b.score]))
  }

  /** Best first; or why there is nothing. */
  async #byMeaning(
    query: string,
    filter: CapabilityFilter,
  ): Promise<{ near?: Ranked[]; note: string | null }> {
    const meaning = this.#meaning
    try {
      if (meaning.waiting > 0) await Promise.race([meaning.fill(), wait(EMBED_MS)])
      const found = await meaning.search(query, AbortSignal.timeout(QUERY_MS))
      const near = [...found].filter(([id]) => this.#passes(id, filter)).toSorted(byScore)
      return { near: near.slice(0, FUSED), note: stillWaiting(meaning.waiting) }
    } catch (error) {
      if (error instanceof MeaningRefused) return { note: error.message }
      return { note: 'The embedding model does not answer, so only words were compared.' }
    }
  }

  #passes(id: string, filter: CapabilityFilter): boolean {
    const row = this.#rows.get(id)
    return row !== undefined && matchesFilter(row, filter)
  }
}

function stillWaiting(count: number): string | null {
  return count === 0 ? null : `${count} types are not embedded yet and were found by words only.`
}

/** By the way that ran: words and likeness alone, or both by their places. */
function rank(ran: SearchMode, words: KeywordHit[], near: Ranked[]): Ranked[] {
  switch (ran) {
    case 'keyword':
      return words.map(({ id, score }) => [id, score])
    case 'semantic':
      return near
    case 'hybrid': {
      const lists = [words.slice(0, FUSED).map(({ id }) => id), near.map(([id]) => id)]
      return [...fuseRanks(lists)].toSorted(byScore)
    }
  }
}

/** Equal scores keep one order on every replica. */
function byScore([a, scoreA]: Ranked, [b, scoreB]: Ranked): number {
  return scoreB - scoreA || (a < b ? -1 : 1)
}
