import type { ScoredId } from './select-best.ts'

/** How a feature is found in the rows, with its weight there: as many of both arrays as `length` says. */
interface Posting {
  slots: Int32Array
  weights: Float32Array
  length: number
  /** Rows that have it now; `length` counts those that are gone as well. */
  rows: number
}

/** What is asked for: the best of the alternatives counts, so that saying a thing twice gains nothing. */
export type Alternatives<Feature> = Iterable<[feature: Feature, weight: number]>

/** Which rows of those found are asked for; without anything all. */
export interface ScoreOptions {
  passes?: ((id: string) => boolean) | undefined
  most?: number
}

/** One thing of what is asked for: a row that has any of the features has it. */
export interface QueryPart<Feature> {
  features: Feature[]
  weight: number
}

const FIRST_CAPACITY = 4
/** Of the parts, for a row that has none of them and is alike all the same. */
const LEAST_SHARE = 0.05

/**
 * Which rows have a feature, and how much of it, in flat arrays: a search adds up numbers and builds no object before
 * the best rows are known. A row that goes or changes leaves its old entries behind until they are half of all.
 */
export class InvertedIndex<Feature extends string | number> {
  readonly #postings = new Map<Feature, Posting>()
  readonly #slotOf = new Map<string, number>()
  /** By slot: who sits there, and what of; undefined once gone. */
  #ids: (string | undefined)[] = []
  #features: Feature[][] = []

  get size(): number {
    return this.#slotOf.size
  }

  /** In how many rows it is. */
  rowsWith(feature: Feature): number {
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
    for (const [feature, weight] of features) append(this.#postingOf(feature), slot, weight)
  }

  delete(id: string): void {
    const slot = this.#slotOf.get(id)
    if (slot === undefined) return
    this.#slotOf.delete(id)
    this.#ids[slot] = undefined
    for (const feature of this.#features[slot] ?? []) this.#leave(feature)
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
   * Sum over what is asked for of its best alternative, of the rows that have any and pass, in no order. With `most`
   * only the best so many, and those that are equal to the last of them. With `parts` a row that has few of them gets
   * less: it says one thing loudly, and the query wants several.
   */
  score(
    asked: Alternatives<Feature>[],
    { passes, most }: ScoreOptions = {},
    parts: QueryPart<Feature>[] = [],
  ): ScoredId[] {
    const total = new Float64Array(this.#ids.length)
    const best = new Float64Array(this.#ids.length)
    for (const alternatives of asked) this.#addBest(total, best, alternatives)
    if (parts.length > 1) this.#lessen(total, parts)
    this.#strike(total, passes)
    return this.#found(total, most)
  }

  #found(total: Float64Array, most: number | undefined): ScoredId[] {
    // Numbers sort far faster than pairs, and of thousands found only some are shown.
    const least = most === undefined ? 0 : (total.toSorted().at(-most) ?? 0)
    const found: ScoredId[] = []
    for (let slot = 0; slot < total.length; slot += 1) {
      const score = total[slot] ?? 0
      const id = score > 0 && score >= least ? this.#ids[slot] : undefined
      if (id !== undefined) found.push([id, score])
    }
    return found
  }

  /** By the root of the share of the parts that a row has: a long query has words that matter little. */
  #lessen(total: Float64Array, parts: QueryPart<Feature>[]): void {
    const share = new Float64Array(total.length)
    const counted = new Int32Array(total.length).fill(-1)
    let all = Number.EPSILON
    for (const [part, { features, weight }] of parts.entries()) {
      all += weight
      for (const feature of features) {
        const posting = this.#postings.get(feature)
        if (posting) count({ share, counted, part, weight }, posting)
      }
    }
    for (let slot = 0; slot < total.length; slot += 1) {
      const of = Math.max(LEAST_SHARE, (share[slot] ?? 0) / all)
      if (total[slot] !== 0) total[slot] = (total[slot] ?? 0) * Math.sqrt(of)
    }
  }

  /** Leaves nothing to rows that are gone or do not pass. */
  #strike(total: Float64Array, passes: ScoreOptions['passes']): void {
    for (let slot = 0; slot < total.length; slot += 1) {
      const id = total[slot] === 0 ? undefined : this.#ids[slot]
      if (id === undefined || passes?.(id) === false) total[slot] = 0
    }
  }

  #addBest(total: Float64Array, best: Float64Array, alternatives: Alternatives<Feature>): void {
    const found = [...alternatives].flatMap(([feature, weight]) => {
      const posting = this.#postings.get(feature)
      return posting ? [{ posting, weight }] : []
    })
    const [only] = found
    if (found.length === 1 && only) {
      add(total, only.posting, only.weight)
      return
    }
    for (const { posting, weight } of found) raise(best, posting, weight)
    for (const { posting } of found) settle(total, best, posting)
  }

  #postingOf(feature: Feature): Posting {
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

  #leave(feature: Feature): void {
    const posting = this.#postings.get(feature)
    if (!posting) return
    posting.rows -= 1
    if (posting.rows === 0) this.#postings.delete(feature)
  }

  /** Slots anew, in the order of the old ones. */
  #compact(): void {
    const moved = new Int32Array(this.#ids.length).fill(-1)
    const kept = [...this.#slotOf].toSorted(([, a], [, b]) => a - b)
    for (const [slot, [id, old]] of kept.entries()) {
      moved[old] = slot
      this.#slotOf.set(id, slot)
    }
    this.#features = kept.map(([, old]) => this.#features[old] ?? [])
    this.#ids = kept.map(([id]) => id)
    for (const posting of this.#postings.values()) move(posting, moved)
  }
}

function add(total: Float64Array, { slots, weights, length }: Posting, by: number): void {
  for (let entry = 0; entry < length; entry += 1) {
    const slot = slots[entry] ?? 0
    total[slot] = (total[slot] ?? 0) + by * (weights[entry] ?? 0)
  }
}

function raise(best: Float64Array, { slots, weights, length }: Posting, by: number): void {
  for (let entry = 0; entry < length; entry += 1) {
    const slot = slots[entry] ?? 0
    best[slot] = Math.max(best[slot] ?? 0, by * (weights[entry] ?? 0))
  }
}

interface Shares {
  share: Float64Array
  /** By slot: the last part that was counted there. */
  counted: Int32Array
  part: number
  weight: number
}

function count({ share, counted, part, weight }: Shares, { slots, length }: Posting): void {
  for (let entry = 0; entry < length; entry += 1) {
    const slot = slots[entry] ?? 0
    if (counted[slot] === part) continue
    counted[slot] = part
    share[slot] = (share[slot] ?? 0) + weight
  }
}

/** Moves the best of each row to its total, once. */
function settle(total: Float64Array, best: Float64Array, { slots, length }: Posting): void {
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

/** Drops the entries of slots that moved nowhere. */
function move(posting: Posting, moved: Int32Array): void {
  let length = 0
  for (let entry = 0; entry < posting.length; entry += 1) {
    const slot = moved[posting.slots[entry] ?? -1] ?? -1
    if (slot < 0) continue
    posting.slots[length] = slot
    posting.weights[length] = posting.weights[entry] ?? 0
    length += 1
  }
  posting.length = length
}
