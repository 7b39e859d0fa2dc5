import type { IncomingMessage } from 'node:http'
import type { SimState } from '../call/sim-state.ts'
import { anthropic } from '../wires/anthropic.ts'
import { openAi } from '../wires/openai.ts'
import { readKey, type Vendor } from '../wires/wire.ts'
import { countMessages, countResponses } from './count-input.ts'
import {
  describeAnthropicModel,
  listAnthropicModels,
  listModelNames,
  describeOpenAiModel,
  listOpenAiModels,
} from './list-models.ts'
import {
  listAnthropicRateLimits,
  listOpenAiRateLimits,
  type ModelGroupLimits,
} from './list-rate-limits.ts'

/** A request to an endpoint that calls no model. */
export interface ListRequest {
  state: SimState
  vendor: Vendor
  request: IncomingMessage
  url: URL
  /** Parsed body of a POST. */
  body: unknown
}

/** Returns the response body; undefined for an unknown path. Throws for an invalid request body. */
export function handleList(list: ListRequest): unknown {
  const { state, vendor, request, url, body } = list
  const { config } = state
  const isAnthropic = vendor === anthropic
  const route = `${request.method} ${url.pathname}`
  const model = /^GET \/v1\/models\/([^/]+)$/.exec(route)?.[1]
  if (model !== undefined) return findModel(list, decodeURIComponent(model))
  if (/^GET \/v1\/organization\/projects\/[^/]+\/rate_limits$/.test(route)) {
    return listOpenAiRateLimits(listGroups(list))
  }
  switch (route) {
    case 'GET /v1/models':
      return isAnthropic ? listAnthropicModels(config) : listOpenAiModels(config)
    case 'GET /v1/organizations/rate_limits':
      return rateLimits(list)
    case 'POST /v1/messages/count_tokens':
      return countMessages(config, body)
    case 'POST /v1/responses/input_tokens':
      return countResponses(config, body)
    default:
      return undefined
  }
}

function findModel({ state, vendor }: ListRequest, id: string) {
  if (!listModelNames(state.config, vendor.name).includes(id)) return undefined
  return vendor === anthropic ? describeAnthropicModel(id) : describeOpenAiModel(id)
}

/** Limits of one model if the query names one; 404 without limits, like the real service. */
function rateLimits(list: ListRequest) {
  const model = list.url.searchParams.get('model')
  const groups = listGroups(list)
  const wanted = groups.filter(({ models }) => model === null || models.includes(model))
  return model !== null && wanted.length === 0 ? undefined : listAnthropicRateLimits(wanted)
}

/** The announced limits of the caller's account. */
function listGroups({ state, vendor, request }: ListRequest): ModelGroupLimits[] {
  const account = state.accounts.findName(readKey(request.headers)) ?? ''
  const groups = new Map<string, ModelGroupLimits>()
  for (const model of listModelNames(state.config, vendor.name)) {
    const { group = 'default', limits } = state.limits.announcedTo(
      account,
      model,
      state.clock.nowMs(),
    )
    if (!limits) continue
    const known = groups.get(group) ?? { group, models: [], limits, timeScale: state.clock.scale }
    known.models.push(model)
    groups.set(group, known)
  }
  return [...groups.values()]
}

/** Detects the vendor: both have a few equal paths, and Anthropic's clients send their version. */
export function detectVendor(request: IncomingMessage, url: URL): Vendor {
  const isAnthropic =
    request.headers['anthropic-version'] !== undefined ||
    /^\/v1\/(messages|organizations)(\/|$)/.test(url.pathname)
  return isAnthropic ? anthropic : openAi
}
