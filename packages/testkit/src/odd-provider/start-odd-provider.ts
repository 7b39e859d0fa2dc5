import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { answerOddRequest } from './answer-odd-request.ts'
import { openOddCallLog, type CallCounts, type OddCallLog, type OddCall } from './odd-call-log.ts'
import { deliverWhole } from './deliver.ts'
import { findBehaviors } from './find-behaviors.ts'
import { PRODUCTS, type ProductName } from './products.ts'
import { asObject, asText } from './request-parts.ts'
import type { JsonObject, OddRequest, Product, OddReply, OddWire } from './types.ts'

export interface OddProviderOptions {
  /** Answers every request. Default: the product that model or path start with, as in `vllm/think-tags`. */
  product?: ProductName
  /** Behaviors of every call, by name; `name:3` for the first three calls of a model. */
  behaviors?: readonly string[]
  /** Response of GET /models. */
  models?: readonly string[]
  /** Additional products by name. */
  more?: Record<string, Product>
}

/** A server that imitates named products and their reported misbehavior. It does not stream. */
export interface OddProvider {
  /**
   * URL without a path. Each product has its API below its own `base`; models that name their product are
   * served at /v1.
   */
  url: string
  calls(model?: string): OddCall[]
  count(model?: string): CallCounts
  /** Sets the behaviors of a model from its next call on, replacing those in its name. */
  setBehaviors(model: string, behaviors: readonly string[]): void
  close(): Promise<void>
}

interface State extends OddProviderOptions {
  log: OddCallLog
  products: Record<string, Product>
  /** Number of received calls by model. */
  arrived: Map<string, number>
  played: Map<string, readonly string[]>
}

export async function startOddProvider(options: OddProviderOptions = {}): Promise<OddProvider> {
  const log = openOddCallLog()
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
    setBehaviors: (model, behaviors) => void state.played.set(model, behaviors),
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
  const { outcome, reply, deliver } = answerOddRequest(product, behaviors, request)
  state.log.add({ model, path: pathname, outcome, status: reply.status, body })
  deliver(response, reply)
}

function ok(body: unknown): OddReply {
  return { status: 200, body }
}

/** Without its own product, the server lists models where models that name their product are served. */
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

/** Undefined when the product does not have this path. */
function readWire(product: Product, path: string, byModel: boolean): OddWire | undefined {
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
