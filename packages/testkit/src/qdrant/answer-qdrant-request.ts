import type { CheckShape, RequestShape } from './request-shapes.ts'
import {
  matchesFilter,
  scorePoints,
  findUnindexedField,
  type Filter,
  type Point,
  type StoredCollection,
} from './store.ts'

export interface QdrantState {
  collections: Map<string, StoredCollection>
  aliases: Map<string, string>
  check: CheckShape
}

export interface QdrantRequest {
  method: string
  path: string
  wait: boolean
  body: Record<string, unknown>
}

/** An error response in the format of Qdrant. */
export class QdrantRejection extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

type Handler = (state: QdrantState, asked: QdrantRequest, name: string) => unknown

const ROUTES: [method: string, path: RegExp, shape: RequestShape | null, handle: Handler][] = [
  [
    'GET',
    /^\/collections$/,
    null,
    ({ collections }) => ({ collections: [...collections.keys()].map((name) => ({ name })) }),
  ],
  ['GET', /^\/aliases$/, null, listAliases],
  ['POST', /^\/collections\/aliases$/, 'ChangeAliasesOperation', changeAliases],
  ['GET', /^\/collections\/([^/]+)$/, null, describeCollection],
  ['PUT', /^\/collections\/([^/]+)$/, 'CreateCollection', createCollection],
  ['DELETE', /^\/collections\/([^/]+)$/, null, removeCollection],
  ['PUT', /^\/collections\/([^/]+)\/index$/, 'CreateFieldIndex', createIndex],
  ['PUT', /^\/collections\/([^/]+)\/points$/, 'PointInsertOperations', upsert],
  ['POST', /^\/collections\/([^/]+)\/points\/delete$/, 'PointsSelector', removePoints],
  ['POST', /^\/collections\/([^/]+)\/points\/count$/, 'CountRequest', count],
  ['POST', /^\/collections\/([^/]+)\/points\/scroll$/, 'ScrollRequest', scroll],
  ['POST', /^\/collections\/([^/]+)\/points\/query$/, 'QueryRequest', query],
]

/** Returns the `result` of a response. Throws QdrantRejection. */
export function answerQdrantRequest(state: QdrantState, asked: QdrantRequest): unknown {
  for (const [method, path, shape, handle] of ROUTES) {
    const match = path.exec(asked.path)
    if (!match || method !== asked.method) continue
    const faults = shape === null ? [] : state.check(shape, asked.body)
    if (faults.length > 0)
      throw new QdrantRejection(400, `Format error in JSON body: ${faults.join('; ')}`)
    return handle(state, asked, match[1] ?? '')
  }
  throw new QdrantRejection(404, `no route ${asked.method} ${asked.path}`)
}

function find({ collections, aliases }: QdrantState, name: string): StoredCollection {
  const found = collections.get(aliases.get(name) ?? name)
  if (found) return found
  throw new QdrantRejection(404, `Not found: Collection \`${name}\` doesn't exist!`)
}

function listAliases({ aliases }: QdrantState) {
  return {
    aliases: [...aliases].map(([alias_name, collection_name]) => ({ alias_name, collection_name })),
  }
}

function changeAliases(state: QdrantState, { body }: QdrantRequest): boolean {
  const next = new Map(state.aliases)
  for (const action of body['actions'] as Record<string, Record<string, string>>[]) {
    const { alias_name: alias = '', collection_name: target = '' } = Object.values(action)[0] ?? {}
    if (action['delete_alias']) {
      // As in Qdrant, a missing alias is no error.
      next.delete(alias)
      continue
    }
    if (state.collections.has(alias))
      throw new QdrantRejection(409, `Collection ${alias} already exists!`)
    if (!state.collections.has(target))
      throw new QdrantRejection(404, `Collection ${target} is not there`)
    next.set(alias, target)
  }
  state.aliases = next
  return true
}

function describeCollection(state: QdrantState, _asked: QdrantRequest, name: string) {
  const { metadata, points } = find(state, name)
  return { status: 'green', points_count: points.size, config: { metadata } }
}

function createCollection(state: QdrantState, { body }: QdrantRequest, name: string): boolean {
  if (state.aliases.has(name)) throw new QdrantRejection(400, `Wrong input: alias ${name} exists`)
  if (state.collections.has(name))
    throw new QdrantRejection(409, `Collection \`${name}\` already exists!`)
  state.collections.set(name, {
    name,
    vectors: (body['vectors'] ?? {}) as StoredCollection['vectors'],
    sparse: new Set(Object.keys(body['sparse_vectors'] as object)),
    metadata: body['metadata'] as StoredCollection['metadata'],
    indexed: new Set(),
    points: new Map(),
  })
  return true
}

/** Also removes its aliases. A missing collection is no error. */
function removeCollection({ collections, aliases }: QdrantState, _asked: unknown, name: string) {
  for (const [alias, target] of aliases) if (target === name) aliases.delete(alias)
  return collections.delete(name)
}

function createIndex(state: QdrantState, asked: QdrantRequest, name: string) {
  find(state, name).indexed.add(String(asked.body['field_name']))
  return written(asked)
}

function written({ wait }: QdrantRequest) {
  return { operation_id: 1, status: wait ? 'completed' : 'acknowledged' }
}

function upsert(state: QdrantState, asked: QdrantRequest, name: string) {
  const collection = find(state, name)
  const points = asked.body['points'] as Point[]
  for (const { vector } of points) checkVectors(collection, vector)
  for (const point of points) {
    const there = collection.points.get(point.id)
    if (there && !matchesFilter(there.payload, asked.body['update_filter'] as Filter | undefined))
      continue
    collection.points.set(point.id, point)
  }
  return written(asked)
}

function checkVectors(collection: StoredCollection, vectors: Record<string, unknown>): void {
  for (const [name, vector] of Object.entries(vectors)) {
    const size = collection.vectors[name]?.size
    if (size === undefined && !collection.sparse.has(name)) {
      throw new QdrantRejection(400, `Wrong input: Not existing vector name error: ${name}`)
    }
    if (Array.isArray(vector) && vector.length !== size) {
      const text = `expected dim: ${size}, got ${vector.length}`
      throw new QdrantRejection(400, `Wrong input: Vector dimension error: ${text}`)
    }
  }
}

function removePoints(state: QdrantState, asked: QdrantRequest, name: string) {
  const { points } = find(state, name)
  for (const [id, { payload }] of points) {
    if (matchesFilter(payload, asked.body['filter'] as Filter)) points.delete(id)
  }
  return written(asked)
}

function count(state: QdrantState, { body }: QdrantRequest, name: string) {
  const { points } = find(state, name)
  const filter = body['filter'] as Filter | undefined
  return {
    count: [...points.values()].filter(({ payload }) => matchesFilter(payload, filter)).length,
  }
}

/** Only in descending order of an integer, without vectors. */
function scroll(state: QdrantState, { body }: QdrantRequest, name: string) {
  const { points, indexed } = find(state, name)
  const { order_by, limit } = body as { order_by: { key: string }; limit: number } // its shape was checked
  if (!indexed.has(order_by.key))
    throw new QdrantRejection(
      400,
      `Wrong input: No range index for \`order_by\` key: ${order_by.key}`,
    )
  const read = ({ payload }: Point) => Number(payload[order_by.key])
  const found = [...points.values()].toSorted((a, b) => read(b) - read(a)).slice(0, limit)
  return { points: found.map(({ id, payload }) => ({ id, payload })), next_page_offset: null }
}

interface Search {
  query: unknown
  using?: string
  filter?: Filter
  limit?: number
  score_threshold?: number
  prefetch?: Search[]
  with_payload?: string[]
}

function query(state: QdrantState, { body }: QdrantRequest, name: string) {
  const collection = find(state, name)
  const asked = body as unknown as Search // its shape was checked
  const found = asked.prefetch
    ? fuse(collection, asked.prefetch, asked.query)
    : search(collection, asked)
  const shown = (payload: Record<string, unknown>) =>
    Object.fromEntries((asked.with_payload ?? []).map((field) => [field, payload[field]]))
  return {
    points: found.slice(0, asked.limit ?? 10).map((one) => ({
      id: one.point.id,
      version: 1,
      score: one.score,
      payload: shown(one.point.payload),
    })),
  }
}

function search(collection: StoredCollection, asked: Search): { point: Point; score: number }[] {
  const field = findUnindexedField(asked.filter, collection.indexed)
  if (field !== undefined) {
    throw new QdrantRejection(400, `Bad request: Index required but not found for "${field}"`)
  }
  const points = [...collection.points.values()].filter(({ payload }) =>
    matchesFilter(payload, asked.filter),
  )
  return scorePoints(points, asked.using ?? '', asked.query)
    .filter((one) => one.score >= (asked.score_threshold ?? -Infinity))
    .slice(0, asked.limit ?? 10)
}

let tieOrder = 1

/** Ranks start at 0; k is 2 by default. As in Qdrant, the order of equal scores is not the same each time. */
function fuse(collection: StoredCollection, lists: Search[], asked: unknown) {
  const k = (asked as { rrf?: { k?: number } }).rrf?.k ?? 2
  const fused = new Map<string, { point: Point; score: number }>()
  for (const list of lists) {
    for (const [place, { point }] of search(collection, list).entries()) {
      const before = fused.get(point.id)?.score ?? 0
      fused.set(point.id, { point, score: before + 1 / (k + place) })
    }
  }
  tieOrder = -tieOrder
  return [...fused.values()].toSorted(
    (a, b) => b.score - a.score || (a.point.id < b.point.id ? -tieOrder : tieOrder),
  )
}
