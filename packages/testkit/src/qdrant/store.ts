export interface SparseValue {
  indices: number[]
  values: number[]
}

export interface Point {
  id: string
  vector: Record<string, unknown>
  payload: Record<string, unknown>
}

export interface StoredCollection {
  name: string
  vectors: Record<string, { size: number }>
  sparse: Set<string>
  metadata: Record<string, unknown>
  indexed: Set<string>
  points: Map<string, Point>
}

interface Condition {
  key?: string
  match?: { value: unknown }
  range?: { gte?: number; lte?: number }
  must?: Condition[]
  should?: Condition[]
}
export interface Filter {
  must?: Condition[]
  should?: Condition[]
}

/** Whether a payload matches a filter. As in Qdrant, a list matches when one of its values does. */
export function matchesFilter(
  payload: Record<string, unknown>,
  filter: Filter | undefined,
): boolean {
  const { must = [], should = [] } = filter ?? {}
  const holds = (condition: Condition): boolean => {
    if (condition.key === undefined) return matchesFilter(payload, condition)
    const value = payload[condition.key]
    if (condition.match) return [value].flat().includes(condition.match.value)
    const { gte = -Infinity, lte = Infinity } = condition.range ?? {}
    return typeof value === 'number' && value >= gte && value <= lte
  }
  return must.every(holds) && (should.length === 0 || should.some(holds))
}

/** The first field of a filter without an index. */
export function findUnindexedField(
  filter: Filter | undefined,
  indexed: Set<string>,
): string | undefined {
  const all = [...(filter?.must ?? []), ...(filter?.should ?? [])]
  for (const condition of all) {
    if (condition.key === undefined) {
      const inner = findUnindexedField(condition, indexed)
      if (inner !== undefined) return inner
    } else if (!indexed.has(condition.key)) return condition.key
  }
  return undefined
}

const splitWords = (text: string): string[] => text.toLowerCase().match(/[a-z0-9]+/g) ?? []

/**
 * The server-side vector of `{ text, model: 'qdrant/bm25' }`: word weights. Words serve as their own indices
 * here.
 */
function bm25(text: string): Map<string, number> {
  const counts = new Map<string, number>()
  const words = splitWords(text)
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  const norm = 1.2 * (1 - 0.75 + (0.75 * words.length) / 256)
  return new Map([...counts].map(([word, count]) => [word, (count * 2.2) / (count + norm)]))
}

/** Similarity of every point, best first, with the `idf` modifier for sparse vectors. */
export function scorePoints(
  points: Point[],
  using: string,
  query: unknown,
): { point: Point; score: number }[] {
  const scored = isDense(query)
    ? points.map((point) => ({ point, score: cosine(query, point.vector[using]) }))
    : scoreSparse(points, using, parseTerms(query))
  return scored.toSorted((a, b) => b.score - a.score || (a.point.id < b.point.id ? -1 : 1))
}

function scoreSparse(points: Point[], using: string, query: Map<string, number>) {
  const terms = points.map((point) => ({ point, own: parseTerms(point.vector[using]) }))
  const rarity = (term: string): number => {
    const having = terms.filter(({ own }) => own.has(term)).length
    return Math.log(1 + (points.length - having + 0.5) / (having + 0.5))
  }
  const weights = [...query].map(([term, weight]) => [term, weight * rarity(term)] as const)
  return terms
    .map(({ point, own }) => ({
      point,
      score: weights.reduce((sum, [term, weight]) => sum + weight * (own.get(term) ?? 0), 0),
    }))
    .filter((one) => one.score > 0)
}

function parseTerms(vector: unknown): Map<string, number> {
  if (typeof vector !== 'object' || vector === null) return new Map()
  if ('text' in vector) return bm25(String(vector.text))
  const { indices, values } = vector as SparseValue // checked on arrival
  return new Map(indices.map((index, place) => [String(index), values[place] ?? 0]))
}

function isDense(vector: unknown): vector is number[] {
  return Array.isArray(vector)
}

function cosine(one: number[], other: unknown): number {
  if (!isDense(other)) return -1
  const dot = one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0)
  return dot / (Math.hypot(...one) * Math.hypot(...other) || 1)
}
