import { describe, expect, test } from 'vitest'
import { readWorkerConfig, listServedProviders } from './config.ts'

const REDIS = { REDIS_URL: 'redis://127.0.0.1:6379' }
const LOCAL = 'http://127.0.0.1:11434/v1'
const read = (environment: Record<string, string>) => readWorkerConfig({ ...REDIS, ...environment })
const served = (environment: Record<string, string>) => listServedProviders(read(environment))
const accounts = (...list: object[]) => ({ CAPSTAN_ACCOUNTS: JSON.stringify(list) })

describe('a base URL without a key is used', () => {
  test.each<[Record<string, string>, object]>([
    [{ OPENAI_BASE_URL: LOCAL }, { provider: 'openai', model: undefined }],
    [{ ANTHROPIC_BASE_URL: 'http://h:1' }, { provider: 'anthropic', model: undefined }],
    [
      { OPENAI_BASE_URL: LOCAL, OPENAI_API_KEY: '' },
      { provider: 'openai', model: undefined },
    ],
    [
      { OPENAI_BASE_URL: LOCAL, OPENAI_API_KEY: '  ' },
      { provider: 'openai', model: undefined },
    ],
    [
      { OPENAI_BASE_URL: LOCAL, CAPSTAN_MODEL: 'm' },
      { provider: 'openai', model: 'm' },
    ],
    [
      { OPENAI_BASE_URL: LOCAL, ANTHROPIC_API_KEY: '', CAPSTAN_PROVIDER: '' },
      { provider: 'openai', model: undefined },
    ],
    [
      { OPENAI_BASE_URL: LOCAL, CAPSTAN_PROVIDERS: 'openai', CAPSTAN_PROVIDER: 'openai' },
      { provider: 'openai', model: undefined },
    ],
    [
      accounts({ name: 'gpu', provider: 'openai', baseUrl: LOCAL }),
      { provider: 'openai', model: undefined },
    ],
    [
      accounts({ name: 'gpu', provider: 'openai', baseUrl: LOCAL, apiKey: '', model: 'm' }),
      { provider: 'openai', model: 'm' },
    ],
    [{ OPENAI_API_KEY: 'sk-o' }, { provider: 'openai', model: 'gpt-6-luna' }],
    [
      { OPENAI_API_KEY: 'sk-o', OPENAI_BASE_URL: 'https://API.openai.com/v1' },
      { provider: 'openai', model: 'gpt-6-luna' },
    ],
    [
      {
        OPENAI_API_KEY: 'k',
        OPENAI_BASE_URL: 'https://x.openai.azure.com/openai/deployments/my%20gpt',
        OPENAI_API_VERSION: '2024-10-21',
      },
      { provider: 'openai', model: 'my gpt' },
    ],
    [{ OPENAI_BASE_URL: ' ' }, { provider: 'demo', model: 'demo-rules' }],
  ])('%j serves %j first', (environment, first) => {
    expect(served(environment)[0]).toEqual(first)
  })

  test('a fallback model may be a model of a self-hosted endpoint', () => {
    const environment = {
      ANTHROPIC_API_KEY: 'sk-a',
      OPENAI_BASE_URL: LOCAL,
      CAPSTAN_FALLBACK: 'openai/gpt-6-luna',
    }
    expect(() => read(environment)).not.toThrow()
  })
})

describe('settings that can never work are rejected with the setting to change', () => {
  const AZURE = 'https://x.openai.azure.com/openai'
  test.each<[Record<string, string>, string]>([
    [
      { OPENAI_BASE_URL: 'https://api.openai.com/v1' },
      'OPENAI_BASE_URL: OpenAI answers nothing without a key; set OPENAI_API_KEY',
    ],
    [{ OPENAI_BASE_URL: 'https://API.OpenAI.com' }, 'set OPENAI_API_KEY'],
    [{ OPENAI_BASE_URL: 'https://eu.api.openai.com./v1/' }, 'set OPENAI_API_KEY'],
    [{ OPENAI_BASE_URL: 'https://api.openai.com/v1', OPENAI_API_KEY: ' ' }, 'set OPENAI_API_KEY'],
    [
      { ANTHROPIC_BASE_URL: 'https://api.anthropic.com' },
      'ANTHROPIC_BASE_URL: Anthropic answers nothing without a key; set ANTHROPIC_API_KEY (or ANTHROPIC_API_KEY_FILE)',
    ],
    [{ ANTHROPIC_BASE_URL: 'https://Api.Anthropic.com/v1/messages' }, 'set ANTHROPIC_API_KEY'],
    [{ OPENAI_BASE_URL: 'https://api.anthropic.com/v1' }, 'set OPENAI_API_KEY'],
    [
      { OPENAI_BASE_URL: `${AZURE}/v1` },
      'Azure OpenAI answers nothing without a key; set OPENAI_API_KEY',
    ],
    [
      { OPENAI_BASE_URL: `${AZURE}/deployments/d`, OPENAI_API_KEY: 'k' },
      'Azure needs OPENAI_API_VERSION',
    ],
    [
      { OPENAI_BASE_URL: 'localhost:11434/v1' },
      'OPENAI_BASE_URL: has no http:// or https://; set it to http://localhost:11434/v1',
    ],
    [
      { OPENAI_HEADERS: 'X-Team: blue' },
      'OPENAI_HEADERS: is never sent without OPENAI_API_KEY or OPENAI_BASE_URL',
    ],
    [
      { OPENAI_BASE_URL: LOCAL, OPENAI_HEADERS: '{"X-A":"canary\\nX-B: 1"}' },
      'OPENAI_HEADERS: X-A holds a line break',
    ],
    [{ OPENAI_BASE_URL: LOCAL, OPENAI_API_KEY: 'canary\nx' }, 'OPENAI_API_KEY: holds a space'],
    [
      accounts({ name: 'a', provider: 'openai' }),
      'CAPSTAN_ACCOUNTS.0: needs an apiKey or a baseUrl',
    ],
    [
      accounts({ name: 'a', provider: 'openai', apiKey: '' }),
      'CAPSTAN_ACCOUNTS.0: needs an apiKey or a baseUrl',
    ],
    [
      accounts({ name: 'a', provider: 'openai', baseUrl: 'https://api.openai.com/v1' }),
      'CAPSTAN_ACCOUNTS.0: baseUrl: OpenAI answers nothing without a key; set apiKey',
    ],
    [
      accounts({ name: 'a', provider: 'openai', baseUrl: 'localhost:1/v1' }),
      'CAPSTAN_ACCOUNTS.0.baseUrl: has no http://',
    ],
    [
      accounts({
        name: 'a',
        provider: 'anthropic',
        baseUrl: LOCAL,
        headers: { 'X-A': 'canary\n' + 'x' },
      }),
      'CAPSTAN_ACCOUNTS.0.headers: X-A holds',
    ],
    [
      { ...accounts({ name: 'openai', provider: 'openai', apiKey: 'k' }), OPENAI_BASE_URL: LOCAL },
      '`openai` is the name of the account of OPENAI_BASE_URL',
    ],
    [{ CAPSTAN_PROVIDER: 'openai' }, 'openai needs OPENAI_API_KEY or OPENAI_BASE_URL'],
    [{ CAPSTAN_PROVIDERS: 'openai' }, 'openai needs OPENAI_API_KEY or OPENAI_BASE_URL'],
  ])('%j: %s', (environment, fault) => {
    expect(() => read(environment)).toThrow(fault)
    expect(() => read(environment)).not.toThrow(/canary/)
  })

  test.each<[Record<string, string>]>([
    [{ OPENAI_BASE_URL: 'https://api.openai.com/v1', OPENAI_HEADERS: 'Authorization: Bearer x' }],
    [{ OPENAI_BASE_URL: `${AZURE}/v1`, OPENAI_HEADERS: '{"Authorization":"Bearer token"}' }],
    [{ OPENAI_BASE_URL: `${AZURE}/v1`, OPENAI_API_KEY: 'k' }],
    [{ OPENAI_BASE_URL: 'http://127.0.0.1:1/openai/deployments/d', OPENAI_API_KEY: 'k' }],
    [{ OPENAI_API_VERSION: 'preview' }],
  ])('%j is accepted', (environment) => {
    expect(() => read(environment)).not.toThrow()
  })
})
