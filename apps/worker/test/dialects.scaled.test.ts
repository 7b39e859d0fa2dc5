import { expect, test } from 'vitest'
import type { Provider } from '@capstan/shared/contract/provider'
import { openDialectMemory } from '@capstan/limits/dialects/dialect-memory'
import type { Dialect } from '@capstan/shared/inference/dialect'
import { FULL_DIALECT } from '@capstan/shared/inference/full-dialect'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { scaled } from '@capstan/testkit/scaled'
import { openScanRig, type ScanRig } from '@capstan/testkit/scan-rig'
import { startOddProvider, type OddBody, type OddProvider, type OddRule } from './odd-provider.ts'
import { runWorker } from './run-worker.ts'

// A whole worker over HTTP servers that take only a part of the usual request.

const KEY = 'sk-test-0123456789'
const TYPES = scaled(16, 40)

const refusal = (message: string, more: object = {}, status = 400) => ({
  status,
  body: { error: { message, ...more } },
})
const outputOf = ({ response_format: format }: OddBody): string | undefined =>
  (format as { type?: string } | undefined)?.type
const hasSystem = ({ messages, system }: OddBody): boolean =>
  system !== undefined || JSON.stringify(messages).includes('"role":"system"')
const isStrict = (body: OddBody): boolean => JSON.stringify(body).includes('"strict":true')
const unsupported =
  "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."

type Row = [product: string, extra: number, dialect: Partial<Dialect>, rule: OddRule]

const CHAT: Row[] = [
  ['takes everything', 0, {}, () => undefined],
  [
    'has no schemas',
    1,
    { output: 'json_object' },
    (body) =>
      outputOf(body) === 'json_schema'
        ? refusal('This response_format type is unavailable now')
        : undefined,
  ],
  [
    'has no structured output',
    1,
    { output: 'text' },
    (body) =>
      outputOf(body)
        ? refusal("Unsupported parameter: 'response_format' is not supported with this model.", {
            param: 'response_format',
          })
        : undefined,
  ],
  [
    'has neither kind of structured output',
    2,
    { output: 'text' },
    (body) =>
      outputOf(body) ? refusal(`response_format ${outputOf(body)} is not supported`) : undefined,
  ],
  [
    'has no strict mode',
    1,
    { output: 'schema' },
    (body) =>
      isStrict(body) ? refusal("'response_format.json_schema.strict' is not supported") : undefined,
  ],
  [
    'wants the other limit',
    1,
    { limit: 'max_completion_tokens' },
    (body) =>
      'max_tokens' in body
        ? refusal(unsupported, { param: 'max_tokens', code: 'unsupported_parameter' })
        : undefined,
  ],
  [
    'has no system role',
    1,
    { system: 'user' },
    (body) =>
      hasSystem(body)
        ? refusal('Jinja Exception: System role not supported', { type: 'server_error' }, 500)
        : undefined,
  ],
  [
    'refuses three parts, one after the other',
    3,
    { output: 'text', limit: 'max_completion_tokens', system: 'user' },
    (body) => {
      if ('max_tokens' in body) return refusal(unsupported)
      if (hasSystem(body)) return refusal('System role not supported')
      return outputOf(body) ? refusal('response_format is not supported') : undefined
    },
  ],
  [
    'refuses schemas without a word',
    1,
    { output: 'json_object' },
    (body) => (outputOf(body) === 'json_schema' ? { status: 400, body: {} } : undefined),
  ],
  [
    'refuses the limit without a word',
    2,
    { output: 'text', limit: 'max_completion_tokens' },
    (body) => ('max_tokens' in body ? { status: 422, body: { detail: [] } } : undefined),
  ],
  [
    'refuses the system role without a word',
    3,
    { output: 'text', system: 'user' },
    (body) => (hasSystem(body) ? { status: 400, body: { error: 'Bad Request' } } : undefined),
  ],
]

const MESSAGES: Row[] = [
  ['takes everything', 0, {}, () => undefined],
  [
    'has no structured output',
    1,
    { output: 'text' },
    (body) =>
      'output_config' in body
        ? refusal('output_config: Extra inputs are not permitted', {
            type: 'invalid_request_error',
          })
        : undefined,
  ],
  [
    'takes no cache_control',
    1,
    { system: 'user' },
    (body) =>
      JSON.stringify(body).includes('cache_control')
        ? refusal('system.0.cache_control: Extra inputs are not permitted')
        : undefined,
  ],
  [
    'takes neither',
    2,
    { output: 'text', system: 'user' },
    (body) => {
      if ('output_config' in body) return refusal('output_config: Extra inputs are not permitted')
      return hasSystem(body) ? refusal('system: Input should be a valid string') : undefined
    },
  ],
  [
    'refuses it without a word',
    1,
    { output: 'text' },
    (body) =>
      'output_config' in body
        ? {
            status: 400,
            body: {
              type: 'error',
              error: { type: 'invalid_request_error', message: 'Bad request' },
            },
          }
        : undefined,
  ],
]

const ROWS = [
  ...CHAT.map((row): [Provider, ...Row] => ['openai', ...row]),
  ...MESSAGES.map((row): [Provider, ...Row] => ['anthropic', ...row]),
]

const settingsFor = (provider: Provider, { url }: OddProvider): Record<string, string> =>
  provider === 'openai'
    ? { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${url}/v1` }
    : { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: url }

const definitions = (count: number, name = 'Type') =>
  Array.from({ length: count }, (_, index) => makeDefinition(`${name}${index}`))

async function learned(rig: ScanRig, account: string, model = 'm') {
  const [found] = await openDialectMemory(rig.redis, rig.keys).list([{ account, model }])
  return found
}

test.each(ROWS)(
  '%s: with two workers an endpoint that %s costs %i additional calls',
  async (...[provider, , extra, change, rule]) => {
    const rig = openScanRig()
    const odd = await startOddProvider(rule)
    const settings = { ...settingsFor(provider, odd), CAPSTAN_CONCURRENCY: '20' }
    await Promise.all([runWorker(rig, undefined, settings), runWorker(rig, undefined, settings)])
    const scan = await rig.ended(await rig.scan(definitions(TYPES), { provider, model: 'm' }))
    expect(scan).toMatchObject({ status: 'succeeded', usage: { calls: TYPES + extra } })
    expect(odd.calls).toHaveLength(TYPES + extra)
    expect(await learned(rig, provider)).toMatchObject({ ...FULL_DIALECT, ...change })
  },
)
