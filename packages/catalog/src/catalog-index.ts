import type { Redis } from 'ioredis'
import MiniSearch, { type Query, type SearchOptions as WordOptions } from 'minisearch'
import { z } from 'zod'
import type { Capability } from '@capstan/shared/contract/capability'
import type { RedisKeys } from '@capstan/shared/redis/keys'
import { parseRow } from './catalog-rows.ts'
import type { CapabilityFilter, SearchHit, SearchOptions, SearchResult } from './catalog.ts'
import { countFacets } from './count-facets.ts'
import { matchesFilter } from './matches-filter.ts'
import { searchTerms } from './search-terms.ts'
import { synonymsOf } from './synonyms.ts'

const Change = z.tuple([z.string(), z.string()])
// Rows fetched in one round trip when the index catches up.
const FETCH_CHUNK = 500

const FIELDS = [
  'kind',
  'resource',
  'capabilities',
  'searchPhrases',
  'providers',
  'abstractions',
  'shortNames',
  'description',
  'useCase',
] as const

/** What a user types matches most reliably where the type is named, least in its prose. */
const BOOST = {
  kind: 3,
  resource: 2,
  capabilities: 3,
  searchPhrases: 3,
  providers: 2,
  shortNames: 2,
}

const SYNONYM_BOOST = 0.5

/** A keyword index of all rows in this process. Each read first applies what has changed in Redis since. */
export class CatalogIndex {
  readonly #redis: Redis
  readonly #keys: RedisKeys
  readonly #rows = new Map<string, Capability>()
  readonly #search: MiniSearch
  #ordered: Capability[] | undefined
  #generation = 0
  #catchingUp: Promise<void> | undefined
  #nextRound: Promise<void> | undefined

  constructor(redis: Redis, keys: RedisKeys) {
    this.#redis = redis
    this.#keys = keys
    this.#search = new MiniSearch({
      fields: [...FIELDS],
      tokenize: searchTerms,
      processTerm: (term) => term,
      extractField: (row: Record<string, unknown>, field) => {
        const value = row[field]
        return Array.isArray(value) ? value.join(' ') : String(value)
      },
      searchOptions: {
        boost: BOOST,
        prefix: (term) => term.length > 2,
        fuzzy: (term) => (term.length > 4 ? 0.2 : false),
        combineWith: 'OR',
      },
    })
  }

  /** All rows, ordered by cluster and resource. */
  async rows(): Promise<Capability[]> {
    await this.#catchUp()
    this.#ordered ??= [...this.#rows.values()].toSorted((a, b) =>
      `${a.cluster}\u0000${a.resource}` < `${b.cluster}\u0000${b.resource}` ? -1 : 1,
    )
    return this.#ordered
  }

  async search(
    query: string,
    filter: CapabilityFilter,
    { limit, mode = 'hybrid' }: SearchOptions,
  ): Promise<SearchResult> {
    await this.#catchUp()
    const found = this.#search.search(...widened(query))
    const hits: SearchHit[] = []
    for (const { id, score, match } of found) {
      const capability = this.#rows.get(String(id))
      if (!capability || !matchesFilter(capability, filter)) continue
      hits.push({ capability, score, matched: [...new Set(Object.values(match).flat())] })
    }
    // Equal scores keep one order on every replica.
    hits.sort(
      (a, b) => b.score - a.score || (a.capability.resource < b.capability.resource ? -1 : 1),
    )
    return {
      mode: 'keyword',
      note: mode === 'keyword' ? null : 'This server searches by words only.',
      hits: hits.slice(0, limit),
      facets: countFacets(hits.map((hit) => hit.capability)),
    }
  }

  /** Concurrent readers share a round, but never one that began before they asked: it may miss their own write. */
  async #catchUp(): Promise<void> {
    if (!this.#catchingUp) {
      this.#catchingUp = this.#applyChanges().finally(() => (this.#catchingUp = undefined))
      return this.#catchingUp
    }
    this.#nextRound ??= this.#catchingUp
      .catch(() => undefined) // told to those who waited for it
      .then(() => {
        this.#nextRound = undefined
        return this.#catchUp()
      })
    return this.#nextRound
  }

  async #applyChanges(): Promise<void> {
    const generation = Number((await this.#redis.get(this.#keys.catalogGeneration)) ?? 0)
    // A smaller number: Redis was restored or emptied, so nothing known here can be trusted.
    if (generation < this.#generation) this.#forgetAll()
    if (generation === this.#generation) return
    const changed = await this.#redis.zrangebyscore(
      this.#keys.catalogChanges,
      `(${this.#generation}`,
      generation,
    )
    const changes = changed.map((text) => Change.parse(JSON.parse(text)))
    for (let start = 0; start < changes.length; start += FETCH_CHUNK) {
      await this.#fetch(changes.slice(start, start + FETCH_CHUNK))
    }
    this.#generation = generation
    this.#ordered = undefined
  }

  async #fetch(changes: z.infer<typeof Change>[]): Promise<void> {
    const byCluster = Map.groupBy(changes, ([cluster]) => cluster)
    for (const [cluster, pairs] of byCluster) {
      const resources = pairs.map(([, resource]) => resource)
      const rows = await this.#redis.hmget(this.#keys.capabilities(cluster), ...resources)
      for (const [position, resource] of resources.entries()) {
        this.#apply(`${cluster}|${resource}`, rows[position] ?? null)
      }
    }
  }

  #apply(id: string, row: string | null): void {
    if (this.#rows.has(id)) this.#search.discard(id)
    this.#rows.delete(id)
    for (const capability of parseRow(row)) {
      this.#rows.set(id, capability)
      this.#search.add({ ...capability, id })
    }
  }

  #forgetAll(): void {
    this.#rows.clear()
    this.#search.removeAll()
    this.#generation = 0
    this.#ordered = undefined
  }
}

/** The query with the words that mean the same, which count less than its own. */
function widened(query: string): [Query, WordOptions] {
  const synonyms = synonymsOf(searchTerms(query))
  const added = new Set(synonyms)
  return [
    [query, ...synonyms].join(' '),
    { boostTerm: (term) => (added.has(term) ? SYNONYM_BOOST : 1) },
  ]
}
