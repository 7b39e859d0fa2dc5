import { sleep } from '@capstan/shared/async/sleep'
import type { Redis } from 'ioredis'
import type { Capability } from '@capstan/shared/contract/capability'
import type { RedisKeys } from '@capstan/redis/keys'
import { startTimeSlice } from '@capstan/shared/async/time-slice'
import type {
  CapabilityFilter,
  ReindexProgress,
  ReindexReport,
  CapabilityHit,
  SearchMode,
  CapabilitySearchOptions,
  SearchResult,
} from '../catalog.ts'
import { countFacets } from '../count-facets.ts'
import { compileFilter } from '../compile-filter.ts'
import { fuseRanks } from '../fuse-ranks.ts'
import { findMatchedFields } from '../find-matched-fields.ts'
import { readThesaurus } from '../thesaurus/thesaurus.ts'
import { truncateQuery } from '../words/truncate-query.ts'
import { selectBest, type ScoredId } from './select-best.ts'
import { KeywordIndex } from './keyword-index.ts'
import { ReindexRequiredError, type SemanticIndex, type SemanticQuery } from './semantic-index.ts'
import type { ScoreOptions } from './inverted-index.ts'
import { RowFollower } from './row-follower.ts'

/** Of a list that goes into the fusion; what comes later adds next to nothing. */
const FUSED = 200
/** Longest a search waits for rows to be embedded. */
const EMBED_MS = 2_000
const QUERY_MS = 5_000

/** An index of all rows in this process. Each read first applies what has changed in Redis since. */
export class CatalogIndex {
  readonly #rows = new Map<string, Capability>()
  readonly #words = new KeywordIndex()
  readonly #meaning: SemanticIndex
  readonly #follower: RowFollower
  #ordered: Capability[] | undefined

  constructor(redis: Redis, keys: RedisKeys, meaning: SemanticIndex) {
    this.#meaning = meaning
    this.#follower = new RowFollower(redis, keys, {
      set: (id, row) => {
        for (const part of [this.#rows, this.#words, this.#meaning]) part.set(id, row)
        this.#ordered = undefined
      },
      delete: (id) => {
        for (const part of [this.#rows, this.#words, this.#meaning]) part.delete(id)
        this.#ordered = undefined
      },
      clear: () => {
        for (const part of [this.#rows, this.#words, this.#meaning]) part.clear()
        this.#ordered = undefined
      },
    })
  }

  /** All rows, ordered by cluster and resource. */
  async rows(): Promise<Capability[]> {
    await this.#catchUp()
    this.#ordered ??= inOrder([...this.#rows.values()])
    return this.#ordered
  }

  /** Forgets everything, reads all rows again, and makes anew what they mean. */
  async rebuild(onProgress: ReindexProgress, signal: AbortSignal): Promise<ReindexReport> {
    await readThesaurus()
    await this.#follower.startOver()
    const renewed = await this.#meaning.renew(onProgress, signal)
    return { types: this.#rows.size, ...renewed }
  }

  /** Sentences on what cannot be found by meaning. */
  warnings(): string[] {
    const { warning, waiting } = this.#meaning
    return [warning, stillWaiting(waiting)].filter((one) => typeof one === 'string')
  }

  close(): void {
    this.#meaning.close()
  }

  async search(
    query: string,
    filter: CapabilityFilter,
    { limit, mode = 'hybrid' }: CapabilitySearchOptions,
  ): Promise<SearchResult> {
    await this.#catchUp()
    const slice = startTimeSlice()
    const { text, note: cutNote } = truncateQuery(query)
    const { stems, isUnderstood, found: toldIn } = await this.#words.search(text)
    await slice.nextIfOver()
    const passes = this.#passes(filter)
    const best = { passes, most: FUSED }
    const { near, note } =
      mode === 'keyword' ? { note: null } : await this.#byMeaning({ text, stems }, best)
    const ran = near ? mode : 'keyword'
    await slice.nextIfOver()
    const found = rank(ran, toldIn(ran === 'hybrid' ? best : { passes }), near ?? [])
    return {
      mode: ran,
      note: note ?? (isUnderstood || found.length > 0 ? cutNote : NOT_UNDERSTOOD),
      hits: await withMatched(this.#rowsOf(selectBest(found, limit)), stems),
      facets: countFacets(this.#rowsOf(found).map(({ capability }) => capability)),
    }
  }

  async #catchUp(): Promise<void> {
    await readThesaurus()
    await this.#follower.catchUp()
  }

  #rowsOf(found: ScoredId[]): { capability: Capability; score: number }[] {
    return found.flatMap(([id, score]) => {
      const capability = this.#rows.get(id)
      return capability ? [{ capability, score }] : []
    })
  }

  /** In no order; or why there is nothing. */
  async #byMeaning(
    query: SemanticQuery,
    narrowing: ScoreOptions,
  ): Promise<{ near?: ScoredId[]; note: string | null }> {
    const meaning = this.#meaning
    try {
      if (meaning.waiting > 0) await Promise.race([meaning.fill(), sleep(EMBED_MS)])
      const near = await meaning.search(query, narrowing, AbortSignal.timeout(QUERY_MS))
      return { near, note: stillWaiting(meaning.waiting) }
    } catch (error) {
      if (error instanceof ReindexRequiredError) return { note: error.message }
      return { note: 'The embedding model does not answer, so only words were compared.' }
    }
  }

  #passes(filter: CapabilityFilter): ScoreOptions['passes'] {
    const condition = compileFilter(filter)
    if (!condition) return undefined
    return (id) => {
      const row = this.#rows.get(id)
      return row !== undefined && condition(row)
    }
  }
}

/** In slices of 5 ms: a client of dot-ai asks for up to a thousand rows. */
async function withMatched(
  found: { capability: Capability; score: number }[],
  stems: string[],
): Promise<CapabilityHit[]> {
  const hits: CapabilityHit[] = []
  const slice = startTimeSlice()
  for (const { capability, score } of found) {
    if (slice.isOver) await slice.next()
    hits.push({ capability, score, matched: findMatchedFields(capability, stems) })
  }
  return hits
}

const NOT_UNDERSTOOD =
  'Most words of the query are in no type and no synonym, however they are spelt.'

function stillWaiting(count: number): string | null {
  return count === 0 ? null : `${count} types are not embedded yet and were found by words only.`
}

/** By the way that ran: words or likeness alone, or the best of both by their places; in no order. */
function rank(ran: SearchMode, words: ScoredId[], near: ScoredId[]): ScoredId[] {
  switch (ran) {
    case 'keyword':
      return words
    case 'semantic':
      return selectBest(near, FUSED)
    case 'hybrid': {
      const lists = [words, near].map((found) => selectBest(found, FUSED).map(([id]) => id))
      return [...fuseRanks(lists)]
    }
  }
}

/** Keys are made once: joining two texts for each comparison stops a process of 20,000 rows for a tenth of a second. */
function inOrder(rows: Capability[]): Capability[] {
  return rows
    .map((row) => ({ row, key: `${row.cluster}\u0000${row.resource}` }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ row }) => row)
}
