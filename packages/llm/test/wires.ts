import { ItemError } from '@capstan/shared/errors'
import { buildQuestion } from '@capstan/shared/inference/prompt'
import { openOpenAiEmbedder } from '../src/openai-embedder.ts'
import { openModels, type ModelSettings } from '../src/open-models.ts'

/** A key without a known format, so that only redaction by value removes it. */
export const KEY = 'canary/0123456789+abcdef'
const QUESTION = buildQuestion({ outline: 'CronJob (batch/v1, namespaced)' })
const never = (): AbortSignal => new AbortController().signal

export type Ask = (url: string) => Promise<unknown>

function askModel(provider: 'anthropic' | 'openai', settings: (url: string) => ModelSettings): Ask {
  return async (url) => (await openModels(settings(url))).get(provider, 'm')?.ask(QUESTION, never())
}

/** Makes one call through each SDK and API. */
export const WIRES: [name: string, ask: Ask][] = [
  ['anthropic', askModel('anthropic', (url) => ({ anthropic: { apiKey: KEY, baseUrl: url } }))],
  ['openai', askModel('openai', (url) => ({ openai: { apiKey: KEY, baseUrl: url } }))],
  [
    'responses',
    askModel('openai', (url) => ({ openai: { apiKey: KEY, baseUrl: url, api: 'responses' } })),
  ],
  [
    'embeddings',
    async (url) =>
      openOpenAiEmbedder({ model: 'm', dimensions: 2, baseUrl: url, apiKey: KEY }).ask(
        ['a'],
        never(),
      ),
  ],
]

/** Returns the error of a call that must fail. */
export async function catchItemError(call: Promise<unknown>): Promise<ItemError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ItemError)) throw new Error(`not an ItemError: ${String(error)}`)
  return error
}
