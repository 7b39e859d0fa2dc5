import type { CheckShape, Shape } from './request-shapes.ts'
import {
  passes,
  score,
  unindexed,
  type Filter,
  type Point,
  type StoredCollection,
} from './store.ts'

export interface ServerState {
  collections: Map<string, StoredCollection>
  aliases: Map<string, string>
  check: CheckShape
}

export interface Asked {
  method: string
  path: string
  wait: boolean
  body: Record<string, unknown>
}

/** What Qdrant refuses, in its own form. */
export class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

type Handler = (state: ServerState, asked: Asked, name: string) => unknown

const ROUTES: [method: string, path: RegExp, shape: Shape | null, handle: Handler][] = [
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
  ['PUT', /^\/collections\/([^/]+)\/index$/, 'CreateFieldIndex', createIndex],
  ['PUT', /^\/collections\/([^/]+)\/points$/, 'PointInsertOperations', upsert],
  ['POST', /^\/collections\/([^/]+)\/points\/delete$/, 'PointsSelector', removePoints],
  ['POST', /^\/collections\/([^/]+)\/points\/count$/, 'CountRequest', count],
  ['POST', /^\/collections\/([^/]+)\/points\/query$/, 'QueryRequest', query],
]

/** The `result` of an answer. Throws Refusal. */
export function answerRequest(state: ServerState, asked: Asked): unknown {
  for (const [method, path, shape, handle] of ROUTES) {
    const match = path.exec(asked.path)
    if (!match || method !== asked.method) continue
    const faults = shape === null ? [] : state.check(shape, asked.body)
    if (faults.length > 0) throw new Refusal(400, `Format error in JSON body: ${faults.join('; ')}`)
    return handle(state, asked, match[1] ?? '')
  }
  throw new Refusal(404, `no route ${asked.method} ${asked.path}`)
}

function find({ collections, aliases }: ServerState, name: string): StoredCollection {
  const found = collections.get(aliases.get(name) ?? name)
  if (found) return found
  throw new Refusal(404, `Not found: Collection \`${name}\` doesn't exist!`)
}

function listAliases({ aliases }: ServerState) {
  return {
    aliases: [...aliases].map(([alias_name, collection_name]) => ({ alias_name, collection_name })),
  }
}

function changeAliases(state: ServerState, { body }: Asked): boolean {
  const next = new Map(state.aliases)
  for (const action of body['actions'] as Record<string, Record<string, string>>[]) {
    const { alias_name: alias = '', collection_name: target = '' } = Object.values(action)[0] ?? {}
    if (action['delete_alias']) {
      if (!next.delete(alias)) throw new Refusal(404, `Not found: Alias ${alias} does not exist!`)
      continue
    }
    if (state.collections.has(alias)) throw new Refusal(409, `Collection ${alias} already exists!`)
    if (!state.collections.has(target)) throw new Refusal(404, `Collection ${target} is not there`)
    next.set(alias, target)
  }
  state.aliases = next
  return true
}

function describeCollection(state: ServerState, _asked: Asked, name: string) {
  const { metadata, points } = find(state, name)
  return { status: 'green', points_count: points.size, config: { metadata } }
}

function createCollection(state: ServerState, { body }: Asked, name: string): boolean {
  if (state.aliases.has(name)) throw new Refusal(400, `Wrong input: alias ${name} exists`)
  if (state.collections.has(name)) throw new Refusal(409, `Collection \`${name}\` already exists!`)
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

function createIndex(state: ServerState, asked: Asked, name: string) {
  find(state, name).indexed.add(String(asked.body['field_name']))
  return written(asked)
}

function written({ wait }: Asked) {
  return { operation_id: 1, status: wait ? 'completed' : 'acknowledged' }
}

function upsert(state: ServerState, asked: Asked, name: string) {
  const collection = find(state, name)
  const points = asked.body['points'] as Point[]
  for (const { vector } of points) checkVectors(collection, vector)
  for (const point of points) {
    const there = collection.points.get(point.id)
    if (there && !passes(there.payload, asked.body['update_filter'] as Filter | undefined)) continue
    collection.points.set(point.id, point)
  }
  return written(asked)
}

function checkVectors(collection: StoredCollection, vectors: Record<string, unknown>): void {
  for (const [name, vector] of Object.entries(vectors)) {
    const size = collection.vectors[name]?.size
    if (size === undefined && !collection.sparse.has(name)) {
      throw new Refusal(400, `Wrong input: Not existing vector name error: ${name}`)
    }
    if (Array.isArray(vector) && vector.length !== size) {
      const text = `expected dim: ${size}, got ${vector.length}`
      throw new Refusal(400, `Wrong input: Vector dimension error: ${text}`)
    }
  }
}

function removePoints(state: ServerState, asked: Asked, name: string) {
  const { points } = find(state, name)
  for (const [id, { payload }] of points) {
    if (passes(payload, asked.body['filter'] as Filter)) points.delete(id)
  }
  return written(asked)
}

function count(state: ServerState, { body }: Asked, name: string) {
  const { points } = find(state, name)
  const filter = body['filter'] as Filter | undefined
  return { count: [...points.values()].filter(({ payload }) => passes(payload, filter)).length }
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

function query(state: ServerState, { body }: Asked, name: string) {
  const collection = find(state, name)
  const asked = body as unknown as Search // its shape is checked
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
  const field = unindexed(asked.filter, collection.indexed)
  if (field !== undefined) {
    throw new Refusal(400, `Bad request: Index required but not found for "${field}"`)
  }
  const points = [...collection.points.values()].filter(({ payload }) =>
    passes(payload, asked.filter),
  )
  return score(points, asked.using ?? '', asked.query)
    .filter((one) => one.score >= (asked.score_threshold ?? -Infinity))
    .slice(0, asked.limit ?? 10)
}

/** Places count from 0, and k is 2 for who does not say. */
function fuse(collection: StoredCollection, lists: Search[], asked: unknown) {
  const k = (asked as { rrf?: { k?: number } }).rrf?.k ?? 2
  const fused = new Map<string, { point: Point; score: number }>()
  for (const list of lists) {
    for (const [place, { point }] of search(collection, list).entries()) {
      const before = fused.get(point.id)?.score ?? 0
      fused.set(point.id, { point, score: before + 1 / (k + place) })
    }
  }
  return [...fused.values()].toSorted(
    (a, b) => b.score - a.score || (a.point.id < b.point.id ? -1 : 1),
  )
}
