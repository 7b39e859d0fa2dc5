import type { ScoredId } from './select-best.ts'

/** Rows that have a feature, with its weight in each. The first `length` entries of both arrays are in use. */
interface Posting {
  slots: Int32Array
  weights: Float32Array
  length: number
  /** Rows that have the feature now. `length` also counts entries of deleted rows. */
  rows: number
}

/** Alternative features with weights. Only the best one of a row counts, so synonyms in a row do not add up. */
export type Alternatives<Feature> = Iterable<[feature: Feature, weight: number]>

export interface ScoreOptions {
  /** Rows to consider. Default: all. */
  matches?: ((id: string) => boolean) | undefined
  /** Returns the best `limit` rows, and rows with the same score as the last one. Default: all. */
  limit?: number
}

/** One part of a query. A row covers it when it has any of the features. */
export interface QueryPart<Feature> {
  features: Feature[]
  weight: number
}

const FIRST_CAPACITY = 4
/** Coverage assumed for a similar row that covers no part. */
const MIN_COVERAGE = 0.05

/**
 * Inverted index from features to rows, in flat arrays: scoring adds numbers and creates no object until the best rows
 * are known. A deleted or changed row leaves its entries in place until such entries are half of all.
 */
export class InvertedIndex<Feature extends string | number> {
  readonly #postings = new Map<Feature, Posting>()
  readonly #slotOf = new Map<string, number>()
  /** Row id by slot; undefined for a deleted row. */
  #ids: (string | undefined)[] = []
  /** Features of the row by slot. */
  #features: Feature[][] = []

  get size(): number {
    return this.#slotOf.size
  }

  /** Number of rows that have the feature. */
  countRows(feature: Feature): number {
    return this.#postings.get(feature)?.rows ?? 0
  }

  features(): Iterable<Feature> {
    return this.#postings.keys()
  }

  set(id: string, features: Map<Feature, number>): void {
    this.delete(id)
    const slot = this.#ids.push(id) - 1
    this.#slotOf.set(id, slot)
    this.#features.push([...features.keys()])
    for (const [feature, weight] of features) append(this.#openPosting(feature), slot, weight)
  }

  delete(id: string): void {
    const slot = this.#slotOf.get(id)
    if (slot === undefined) return
    this.#slotOf.delete(id)
    this.#ids[slot] = undefined
    for (const feature of this.#features[slot] ?? []) this.#removeRow(feature)
    this.#features[slot] = []
    if (this.#ids.length > 2 * this.#slotOf.size + FIRST_CAPACITY) this.#compact()
  }

  clear(): void {
    this.#postings.clear()
    this.#slotOf.clear()
    this.#ids = []
    this.#features = []
  }

  /**
   * Scores rows by the sum, over the query terms, of the best alternative that a row has. Returns the rows with a score,
   * in no order. With `parts`, the score is multiplied by the square root of the covered weight: rows that cover several
   * parts of the query rank before rows that match one part strongly.
   */
  score(
    terms: Alternatives<Feature>[],
    { matches, limit }: ScoreOptions = {},
    parts: QueryPart<Feature>[] = [],
  ): ScoredId[] {
    const total = new Float64Array(this.#ids.length)
    const best = new Float64Array(this.#ids.length)
    for (const alternatives of terms) this.#addBest(total, best, alternatives)
    if (parts.length > 1) this.#applyCoverage(total, parts)
    this.#dropOthers(total, matches)
    return this.#collect(total, limit)
  }

  #collect(total: Float64Array, limit: number | undefined): ScoredId[] {
    // Sorting numbers is far faster than sorting pairs.
    const threshold = limit === undefined ? 0 : (total.toSorted().at(-limit) ?? 0)
    const found: ScoredId[] = []
    for (let slot = 0; slot < total.length; slot += 1) {
      const score = total[slot] ?? 0
      const id = score > 0 && score >= threshold ? this.#ids[slot] : undefined
      if (id !== undefined) found.push([id, score])
    }
    return found
  }

  /** The square root softens the factor: long queries contain words of little importance. */
  #applyCoverage(total: Float64Array, parts: QueryPart<Feature>[]): void {
    const covered = new Float64Array(total.length)
    const lastPart = new Int32Array(total.length).fill(-1)
    let all = Number.EPSILON
    for (const [part, { features, weight }] of parts.entries()) {
      all += weight
      for (const feature of features) {
        const posting = this.#postings.get(feature)
        if (posting) addCoverage({ covered, lastPart, part, weight }, posting)
      }
    }
    for (let slot = 0; slot < total.length; slot += 1) {
      const coverage = Math.max(MIN_COVERAGE, (covered[slot] ?? 0) / all)
      if (total[slot] !== 0) total[slot] = (total[slot] ?? 0) * Math.sqrt(coverage)
    }
  }

  /** Sets the score of deleted rows and of rows that do not match to 0. */
  #dropOthers(total: Float64Array, matches: ScoreOptions['matches']): void {
    for (let slot = 0; slot < total.length; slot += 1) {
      const id = total[slot] === 0 ? undefined : this.#ids[slot]
      if (id === undefined || matches?.(id) === false) total[slot] = 0
    }
  }

  #addBest(total: Float64Array, best: Float64Array, alternatives: Alternatives<Feature>): void {
    const found = [...alternatives].flatMap(([feature, weight]) => {
      const posting = this.#postings.get(feature)
      return posting ? [{ posting, weight }] : []
    })
    const [only] = found
    if (found.length === 1 && only) {
      addWeights(total, only.posting, only.weight)
      return
    }
    for (const { posting, weight } of found) raiseBest(best, posting, weight)
    for (const { posting } of found) moveBest(total, best, posting)
  }

  #openPosting(feature: Feature): Posting {
    const known = this.#postings.get(feature)
    if (known) return known
    const posting = {
      slots: new Int32Array(FIRST_CAPACITY),
      weights: new Float32Array(FIRST_CAPACITY),
      length: 0,
      rows: 0,
    }
    this.#postings.set(feature, posting)
    return posting
  }

  #removeRow(feature: Feature): void {
    const posting = this.#postings.get(feature)
    if (!posting) return
    posting.rows -= 1
    if (posting.rows === 0) this.#postings.delete(feature)
  }

  /** Renumbers the slots of existing rows and drops the entries of deleted ones. */
  #compact(): void {
    const newSlots = new Int32Array(this.#ids.length).fill(-1)
    const kept = [...this.#slotOf].toSorted(([, a], [, b]) => a - b)
    for (const [slot, [id, old]] of kept.entries()) {
      newSlots[old] = slot
      this.#slotOf.set(id, slot)
    }
    this.#features = kept.map(([, old]) => this.#features[old] ?? [])
    this.#ids = kept.map(([id]) => id)
    for (const posting of this.#postings.values()) renumber(posting, newSlots)
  }
}

function addWeights(
  total: Float64Array,
  { slots, weights, length }: Posting,
  factor: number,
): void {
  for (let entry = 0; entry < length; entry += 1) {
    const slot = slots[entry] ?? 0
    total[slot] = (total[slot] ?? 0) + factor * (weights[entry] ?? 0)
  }
}

function raiseBest(best: Float64Array, { slots, weights, length }: Posting, factor: number): void {
  for (let entry = 0; entry < length; entry += 1) {
    const slot = slots[entry] ?? 0
    best[slot] = Math.max(best[slot] ?? 0, factor * (weights[entry] ?? 0))
  }
}

interface Coverage {
  /** By slot: weight of the parts that the row covers. */
  covered: Float64Array
  /** By slot: the last part that was counted. */
  lastPart: Int32Array
  part: number
  weight: number
}

function addCoverage(
  { covered, lastPart, part, weight }: Coverage,
  { slots, length }: Posting,
): void {
  for (let entry = 0; entry < length; entry += 1) {
    const slot = slots[entry] ?? 0
    if (lastPart[slot] === part) continue
    lastPart[slot] = part
    covered[slot] = (covered[slot] ?? 0) + weight
  }
}

/** Adds the best of each row to its total and resets it, so that a row is counted once. */
function moveBest(total: Float64Array, best: Float64Array, { slots, length }: Posting): void {
  for (let entry = 0; entry < length; entry += 1) {
    const slot = slots[entry] ?? 0
    total[slot] = (total[slot] ?? 0) + (best[slot] ?? 0)
    best[slot] = 0
  }
}

function append(posting: Posting, slot: number, weight: number): void {
  const { slots, weights, length } = posting
  if (length === slots.length) {
    posting.slots = new Int32Array(2 * length)
    posting.slots.set(slots)
    posting.weights = new Float32Array(2 * length)
    posting.weights.set(weights)
  }
  posting.slots[length] = slot
  posting.weights[length] = weight
  posting.length += 1
  posting.rows += 1
}

/** Drops the entries of slots without a new number. */
function renumber(posting: Posting, newSlots: Int32Array): void {
  let length = 0
  for (let entry = 0; entry < posting.length; entry += 1) {
    const slot = newSlots[posting.slots[entry] ?? -1] ?? -1
    if (slot < 0) continue
    posting.slots[length] = slot
    posting.weights[length] = posting.weights[entry] ?? 0
    length += 1
  }
  posting.length = length
}
