import type { Redis } from 'ioredis'
import type { RedisKeys } from '@capstan/redis/keys'
import { sleep } from '@capstan/shared/async/sleep'
import { startTimeSlice } from '@capstan/shared/async/time-slice'
import type { Capability } from '@capstan/shared/contract/capability'
import type { SearchMode } from '@capstan/shared/contract/catalog/search-options'
import type {
  CapabilityFilter,
  CapabilitySearchOptions,
  ReindexProgress,
  ReindexReport,
  SearchResult,
} from '../catalog.ts'
import { describeEmbeddingFailure } from '../describe-embedding-failure.ts'
import { compileFilter } from '../compile-filter.ts'
import { countFacets } from '../count-facets.ts'
import { fuseRanks } from '../fuse-ranks.ts'
import type { Lexicon } from '../lexicon.ts'
import { joinNotes } from '../join-notes.ts'
import { buildMatchQuery } from '../relevance/match-query.ts'
import { describeStrength, scoreMatches } from '../relevance/score-matches.ts'
import { truncateQuery } from '../words/truncate-query.ts'
import type { ScoreOptions } from './inverted-index.ts'
import { KeywordIndex } from './keyword-index.ts'
import { RowFollower } from './row-follower.ts'
import { selectBest, type ScoredId } from './select-best.ts'
import type { SemanticIndex, SemanticQuery } from './semantic-index.ts'

/** Entries of each list that are fused. Later ones contribute next to nothing. */
const MAX_FUSED = 200
/** How long a search waits for pending rows to be embedded. */
const PENDING_WAIT_MS = 2_000
const QUERY_TIMEOUT_MS = 5_000

/** An in-process index of all rows. Each read first applies the changes in Redis since the last one. */
export class CatalogIndex {
  readonly #rows = new Map<string, Capability>()
  readonly #keywordIndex: KeywordIndex
  readonly #semanticIndex: SemanticIndex
  readonly #lexicon: Lexicon
  readonly #follower: RowFollower
  #ordered: Capability[] | undefined

  constructor(
    redis: Redis,
    keys: RedisKeys,
    { semanticIndex, lexicon }: { semanticIndex: SemanticIndex; lexicon: Lexicon },
  ) {
    this.#keywordIndex = new KeywordIndex(lexicon)
    this.#semanticIndex = semanticIndex
    this.#lexicon = lexicon
    const parts = [this.#rows, this.#keywordIndex, this.#semanticIndex]
    this.#follower = new RowFollower(redis, keys, {
      set: (id, row) => {
        for (const part of parts) part.set(id, row)
        this.#ordered = undefined
      },
      delete: (id) => {
        for (const part of parts) part.delete(id)
        this.#ordered = undefined
      },
      clear: () => {
        for (const part of parts) part.clear()
        this.#ordered = undefined
      },
    })
  }

  /** All rows, ordered by cluster and resource. */
  async rows(): Promise<Capability[]> {
    await this.#catchUp()
    this.#ordered ??= sortRows([...this.#rows.values()])
    return this.#ordered
  }

  /** Clears the index, reads all rows again and rebuilds the semantic index. */
  async rebuild(onProgress: ReindexProgress, signal: AbortSignal): Promise<ReindexReport> {
    await this.#lexicon.thesaurus.load()
    await this.#follower.reset()
    const rebuilt = await this.#semanticIndex.rebuild(onProgress, signal)
    return { types: this.#rows.size, ...rebuilt }
  }

  /** Sentences on what semantic search cannot find. */
  warnings(): string[] {
    const { warning, pending } = this.#semanticIndex
    return [warning, describePending(pending)].filter((one) => typeof one === 'string')
  }

  close(): void {
    this.#semanticIndex.close()
  }

  async search(
    query: string,
    filter: CapabilityFilter,
    { limit, minScore, mode = 'hybrid' }: CapabilitySearchOptions,
  ): Promise<SearchResult> {
    await this.#catchUp()
    const slice = startTimeSlice()
    const { text, note: truncationNote } = truncateQuery(query)
    const { words, stems, isUnderstood, score } = await this.#keywordIndex.search(text)
    await slice.nextIfOver()
    const matches = this.#createPredicate(filter)
    const best = { matches, limit: MAX_FUSED }
    const { similar, note } =
      mode === 'keyword' ? { note: null } : await this.#searchSemantically({ text, stems }, best)
    const modeUsed = similar ? mode : 'keyword'
    await slice.nextIfOver()
    const found = rank(modeUsed, score(modeUsed === 'hybrid' ? best : { matches }), similar ?? [])
    const ranked = this.#findRows(selectBest(found, Math.max(limit, MAX_FUSED)))
    const asked = buildMatchQuery(words, this.#keywordIndex, this.#lexicon)
    const hits = await scoreMatches(ranked, asked, this.#lexicon, { limit, minScore })
    const missing = isUnderstood || found.length > 0 ? truncationNote : NOT_UNDERSTOOD
    return {
      mode: modeUsed,
      note: joinNotes([note ?? missing, describeStrength(hits)]),
      hits,
      facets: countFacets(this.#findRows(found)),
    }
  }

  async #catchUp(): Promise<void> {
    await this.#lexicon.thesaurus.load()
    await this.#follower.catchUp()
  }

  #findRows(found: ScoredId[]): Capability[] {
    return found.flatMap(([id]) => this.#rows.get(id) ?? [])
  }

  /** Similar rows in no order, or only a note on why the semantic index was not used. */
  async #searchSemantically(
    query: SemanticQuery,
    options: ScoreOptions,
  ): Promise<{ similar?: ScoredId[]; note: string | null }> {
    const index = this.#semanticIndex
    try {
      if (index.pending > 0) await Promise.race([index.processPending(), sleep(PENDING_WAIT_MS)])
      const similar = await index.search(query, options, AbortSignal.timeout(QUERY_TIMEOUT_MS))
      return { similar, note: describePending(index.pending) }
    } catch (error) {
      return { note: describeEmbeddingFailure(error) }
    }
  }

  #createPredicate(filter: CapabilityFilter): ScoreOptions['matches'] {
    const condition = compileFilter(filter)
    if (!condition) return undefined
    return (id) => {
      const row = this.#rows.get(id)
      return row !== undefined && condition(row)
    }
  }
}

const NOT_UNDERSTOOD = 'No type and no synonym has most words of the query in any spelling.'

function describePending(count: number): string | null {
  return count === 0 ? null : `${count} types are not embedded yet and were found by words only.`
}

/** Ranks by the mode that ran; in no order. Hybrid mode fuses the ranks of the best entries of both lists. */
function rank(mode: SearchMode, byKeyword: ScoredId[], similar: ScoredId[]): ScoredId[] {
  switch (mode) {
    case 'keyword':
      return byKeyword
    case 'semantic':
      return selectBest(similar, MAX_FUSED)
    case 'hybrid': {
      const lists = [byKeyword, similar].map((found) =>
        selectBest(found, MAX_FUSED).map(([id]) => id),
      )
      return [...fuseRanks(lists)]
    }
  }
}

/** Builds each key once: building keys in the comparison blocks the event loop for 100 ms with 20,000 rows. */
function sortRows(rows: Capability[]): Capability[] {
  return rows
    .map((row) => ({ row, key: `${row.cluster}\u0000${row.resource}` }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ row }) => row)
}
