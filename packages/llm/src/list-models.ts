import { APIError as AnthropicError } from '@anthropic-ai/sdk/core/error'
import { APIError as OpenAiError } from 'openai/core/error'
import type { ApiFormat } from '@capstan/shared/config/endpoint-vendor'
import { ItemError } from '@capstan/shared/errors'
import { BodyTooLargeError, RedirectError } from '@capstan/shared/http/create-guarded-fetch'
import { findProxyError, findNetworkHint } from '@capstan/shared/http/find-network-hint'
import { scrub } from '@capstan/shared/text/scrub'
import { withCallTimeout } from './call-timeout.ts'
import { ErrorInAnswer } from './error-in-answer.ts'
import type { EndpointSettings } from './endpoint-settings.ts'
import { readModelNames, type ModelNames } from './read-model-names.ts'

/** Models of an endpoint. */
export type ModelList =
  | ({ outcome: 'listed' } & ModelNames)
  /** The endpoint has no model list at this path. `rightBaseUrl`: a base URL with a list. */
  | { outcome: 'unlisted'; detail: string; rightBaseUrl?: string }
  /** The endpoint requires a key, or another one. */
  | { outcome: 'refused'; detail: string }
  /** No response, or a temporary error. `hint`: the network setting to check. */
  | { outcome: 'unreachable'; detail: string; hint?: string | undefined }

export interface ListModelsSettings extends EndpointSettings {
  wire: ApiFormat
  apiVersion?: string | undefined
}

/** Common interface of both SDKs. */
interface Client {
  get(path: string, options: { signal: AbortSignal }): { asResponse(): Promise<Response> }
}

/**
 * Lists the models of an endpoint, with the headers of model calls. Free of charge. Throws only the reason of `signal`. Makes at
 * most two requests, each with the timeout `timeoutMs`.
 */
export async function listModels(
  settings: ListModelsSettings,
  signal: AbortSignal,
): Promise<ModelList> {
  const { wire, baseUrl } = settings
  const opened = await openClient(settings)
  const client: Client = opened.client
  const request = { client, settings, secrets: opened.endpoint.secrets, signal }
  const listed = await readList(request, wire === 'openai' ? '/models' : '/v1/models?limit=1000')
  if (listed.outcome !== 'unlisted' || wire !== 'openai' || baseUrl === undefined) return listed
  if (/\/v\d+$/.test(baseUrl)) return listed
  const rightBaseUrl = `${baseUrl}/v1`
  const below = await readList(request, `${rightBaseUrl}/models`)
  return below.outcome === 'listed' || below.outcome === 'refused'
    ? { ...listed, rightBaseUrl }
    : listed
}

/** Loads only the SDK of the endpoint. */
async function openClient(settings: ListModelsSettings) {
  if (settings.wire === 'openai') {
    const { openOpenAi } = await import('./openai-settings.ts')
    return openOpenAi(settings)
  }
  const { openAnthropic } = await import('./anthropic-settings.ts')
  return openAnthropic(settings)
}

interface Look {
  client: Client
  settings: ListModelsSettings
  secrets: readonly string[]
  signal: AbortSignal
}

async function readList(
  { client, settings, secrets, signal }: Look,
  path: string,
): Promise<ModelList> {
  const redactSecrets = (text: string): string => scrub(text, secrets)
  try {
    return await withCallTimeout(settings.timeoutMs, signal, async (bounded) => {
      const response = await client.get(path, { signal: bounded }).asResponse()
      return readModels(await response.text(), redactSecrets)
    })
  } catch (error) {
    signal.throwIfAborted()
    return classifyListError(error, redactSecrets)
  }
}

/** Reads model names in any common format. */
function readModels(text: string, redactSecrets: (text: string) => string): ModelList {
  const names = readModelNames(text)
  return names === undefined
    ? describeMissingList(text, redactSecrets)
    : { outcome: 'listed', ...names }
}

function describeMissingList(text: string, redactSecrets: (text: string) => string): ModelList {
  const isPage = text.trimStart().startsWith('<')
  const what = isPage ? 'with a web page' : `\`${redactSecrets(text.slice(0, 300)) || 'nothing'}\``
  return { outcome: 'unlisted', detail: `it answers ${what}` }
}

function classifyListError(error: unknown, redactSecrets: (text: string) => string): ModelList {
  const isApiError = error instanceof OpenAiError || error instanceof AnthropicError
  if (isApiError && typeof error.status === 'number') return classifyStatus(error.status)
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof ErrorInAnswer) return describeMissingList(String(at.error), redactSecrets)
    const isAnswer = at instanceof RedirectError || at instanceof BodyTooLargeError
    if (isAnswer) return { outcome: 'unlisted', detail: redactSecrets(at.message) }
  }
  const why = findProxyError(error)?.message ?? rootMessage(error)
  return { outcome: 'unreachable', detail: redactSecrets(why), hint: findNetworkHint(error) }
}

const LATER = [408, 425, 429]

function classifyStatus(status: number): ModelList {
  if (status === 401 || status === 403) return { outcome: 'refused', detail: `${status}` }
  const isLater = status >= 500 || LATER.includes(status)
  return { outcome: isLater ? 'unreachable' : 'unlisted', detail: `it answers ${status}` }
}

/** The message of the root cause. The SDKs wrap network errors. */
function rootMessage(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer'
  // The timeout of the call. Its cause is the aborted request.
  if (error instanceof ItemError) return error.message
  if (error.cause instanceof Error) return rootMessage(error.cause)
  // Several addresses failed, such as those of localhost.
  if (error instanceof AggregateError && error.errors[0] instanceof Error) {
    return rootMessage(error.errors[0])
  }
  return error.message
}
