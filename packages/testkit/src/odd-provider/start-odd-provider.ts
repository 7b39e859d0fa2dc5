import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { answerRequest } from './answer-request.ts'
import { openCallLog, type CallCounts, type CallLog, type OddCall } from './call-log.ts'
import { deliverWhole } from './deliver.ts'
import { findBehaviors } from './find-behaviors.ts'
import { PRODUCTS, type ProductName } from './products.ts'
import { asObject, asText } from './request-parts.ts'
import type { JsonObject, OddRequest, Product, Reply, Wire } from './types.ts'

export interface OddProviderOptions {
  /** Answers every request. Default: the one that the model or the path begins with, as in `vllm/think-tags`. */
  product?: ProductName
  /** Of every call, by name; `name:3` for the first three calls of a model. */
  behaviors?: readonly string[]
  /** What GET /models lists. */
  models?: readonly string[]
  /** Products beside the known ones, by name. */
  more?: Record<string, Product>
}

/** A server that speaks as named products do, with what they have been reported for. It streams nothing. */
export interface OddProvider {
  /** Without a path: each product has its API below its own `base`; a model that names its product is served at /v1. */
  url: string
  calls(model?: string): OddCall[]
  count(model?: string): CallCounts
  /** Behaviors of a model from its next call on, in place of those in its name. */
  play(model: string, behaviors: readonly string[]): void
  close(): Promise<void>
}

interface State extends OddProviderOptions {
  log: CallLog
  products: Record<string, Product>
  /** Calls that arrived, by model. */
  arrived: Map<string, number>
  played: Map<string, readonly string[]>
}

export async function startOddProvider(options: OddProviderOptions = {}): Promise<OddProvider> {
  const log = openCallLog()
  const products: Record<string, Product> = { ...PRODUCTS, ...options.more }
  const state: State = { ...options, log, products, arrived: new Map(), played: new Map() }
  const server = createServer((request, response) => {
    respond(state, request, response).catch((error: Error) => {
      deliverWhole(response, { status: 501, body: { error: error.message } })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: log.list,
    count: log.count,
    play: (model, behaviors) => void state.played.set(model, behaviors),
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function respond(
  state: State,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = 'GET', headers, url = '/' } = incoming
  const { pathname, searchParams: query } = new URL(url, 'http://odd')
  if (pathname === '/_odd/calls') return deliverWhole(response, ok(state.log.countEach()))
  if (isModelList(state, method, pathname)) return deliverWhole(response, ok(listModels(state)))
  const body = parseBody(await readText(incoming))
  const named = asText(body['model'])
  const { product, path, byModel } = findProduct(state, pathname, named)
  const wire = readWire(product, path, byModel)
  if (method !== 'POST' || wire !== product.wire) {
    return deliverWhole(response, product.unknownPath(method, pathname))
  }
  const model = named || (/\/deployments\/([^/]+)\//.exec(path)?.[1] ?? '')
  const call = (state.arrived.get(model) ?? 0) + 1
  state.arrived.set(model, call)
  const request: OddRequest = { wire, method, path, query, headers, body, model, call }
  const behaviors = findBehaviors(product, nameBehaviors(state, model, byModel), call)
  const { outcome, reply, deliver } = answerRequest(product, behaviors, request)
  state.log.add({ model, path: pathname, outcome, status: reply.status, body })
  deliver(response, reply)
}

function ok(body: unknown): Reply {
  return { status: 200, body }
}

/** Without a product of its own, the server lists models where models that name their product are served. */
function isModelList({ product }: State, method: string, path: string): boolean {
  return method === 'GET' && path === `${product ? PRODUCTS[product].base : '/v1'}/models`
}

interface FoundProduct {
  product: Product
  path: string
  /** The model names the product, so that all products share one path. */
  byModel: boolean
}

function findProduct(state: State, pathname: string, model: string): FoundProduct {
  const { products } = state
  if (state.product) return { product: PRODUCTS[state.product], path: pathname, byModel: false }
  const [, first = ''] = pathname.split('/')
  const byPath = products[first]
  if (byPath) return { product: byPath, path: pathname.slice(first.length + 1), byModel: false }
  const name = model.split('/')[0] ?? ''
  const product = products[name]
  if (!product) throw new Error(`no product ${name}`)
  return { product, path: pathname, byModel: true }
}

/** undefined when the product has no such path. */
function readWire(product: Product, path: string, byModel: boolean): Wire | undefined {
  const base = byModel ? '/v1' : product.base
  if (path === `${base}/messages`) return 'anthropic'
  if (path === `${base}/chat/completions` || product.otherPath?.test(path)) return 'openai'
  return undefined
}

function nameBehaviors(state: State, model: string, byModel: boolean): readonly string[] {
  const played = state.played.get(model)
  if (played) return played
  const [, names = 'plain'] = byModel ? model.split('/') : []
  const ofModel = names.split('~')[0]?.split('+') ?? []
  return [...ofModel, ...(state.behaviors ?? [])]
}

function listModels({ models = ['served-name'] }: State): JsonObject {
  return { object: 'list', data: models.map((id) => ({ id, object: 'model', owned_by: 'odd' })) }
}

function parseBody(text: string): JsonObject {
  return text === '' ? {} : asObject(JSON.parse(text))
}
