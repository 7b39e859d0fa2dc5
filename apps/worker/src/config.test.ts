import { expect, test } from 'vitest'
import { readWorkerConfig, listServedProviders } from './config.ts'

const REDIS = { REDIS_URL: 'redis://127.0.0.1:6379' }
const served = (environment: Record<string, string>) =>
  listServedProviders(readWorkerConfig({ ...REDIS, ...environment }))

test('a worker without a key serves only provider demo', () => {
  expect(served({})).toEqual([{ provider: 'demo', model: 'demo-rules' }])
})

test('a worker serves each provider that has a key, and the first of them is the default', () => {
  const both = served({ OPENAI_API_KEY: 'sk-o', ANTHROPIC_API_KEY: 'sk-a' })
  expect(both.map(({ provider }) => provider)).toEqual(['anthropic', 'openai', 'demo'])
})

test('CAPSTAN_PROVIDER sets the default provider, and CAPSTAN_MODEL its model', () => {
  const [first, second] = served({
    OPENAI_API_KEY: 'sk-o',
    ANTHROPIC_API_KEY: 'sk-a',
    CAPSTAN_PROVIDER: 'openai',
    CAPSTAN_MODEL: 'my-model',
  })
  expect(first).toEqual({ provider: 'openai', model: 'my-model' })
  expect(second?.model).not.toBe('my-model')
})

test('a configured provider without its key is a fault that names the setting of the key', () => {
  expect(() => served({ CAPSTAN_PROVIDER: 'anthropic' })).toThrow(/set ANTHROPIC_API_KEY/)
})

test('a worker may be restricted to some of the providers that it has keys for', () => {
  const keys = { OPENAI_API_KEY: 'sk-o', ANTHROPIC_API_KEY: 'sk-a' }
  const names = (change: Record<string, string>) =>
    served({ ...keys, ...change }).map(({ provider }) => provider)
  expect(names({ CAPSTAN_PROVIDERS: ' openai , demo ' })).toEqual(['openai', 'demo'])
  expect(names({ CAPSTAN_PROVIDERS: '' })).toEqual(['anthropic', 'openai', 'demo'])
  expect(() => names({ CAPSTAN_PROVIDERS: 'openai,gemini' })).toThrow(/CAPSTAN_PROVIDERS/)
  expect(() => names({ CAPSTAN_PROVIDERS: 'openai', CAPSTAN_PROVIDER: 'demo' })).toThrow(
    /demo is not among CAPSTAN_PROVIDERS/,
  )
  expect(() => served({ CAPSTAN_PROVIDERS: 'anthropic' })).toThrow(/anthropic needs ANTHROPIC/)
})

test('all faults are reported at once, including contradictions between settings', () => {
  const attempt = (): unknown =>
    readWorkerConfig({ CAPSTAN_PROVIDER: 'openai', CAPSTAN_CONCURRENCY: '0' })
  expect(attempt).toThrow(/3 fault/)
  expect(attempt).toThrow(/set OPENAI_API_KEY/)
})

test('a fallback model needs a key and a price', () => {
  const attempt = (change: Record<string, string>) => () =>
    readWorkerConfig({ ...REDIS, ANTHROPIC_API_KEY: 'sk-a', ...change })
  expect(attempt({ CAPSTAN_FALLBACK: 'openai/gpt-6-luna' })).toThrow(/no key for openai/)
  expect(attempt({ CAPSTAN_FALLBACK: 'demo/demo-rules' })).toThrow(/is not provider\/model/)
  const own = { CAPSTAN_FALLBACK: 'anthropic/my/model' }
  expect(attempt(own)).toThrow(/price of my\/model is not known/)
  const CAPSTAN_PRICES = '{"my/model":{"input":0,"cached":0,"output":0}}'
  expect(attempt({ ...own, CAPSTAN_PRICES })).not.toThrow()
})

test('an account with the name of another account or of a plain key is rejected', () => {
  const account = (name: string, provider: string) => ({ name, provider, apiKey: 'sk-canary' })
  const attempt =
    (accounts: object[], change: Record<string, string> = {}) =>
    () =>
      readWorkerConfig({ ...REDIS, CAPSTAN_ACCOUNTS: JSON.stringify(accounts), ...change })
  const twice = attempt([account('eu', 'anthropic'), account('eu', 'openai')])
  expect(twice).toThrow(/CAPSTAN_ACCOUNTS: two accounts are named `eu`; give each/)
  expect(twice).not.toThrow(/canary/)
  const plain = attempt([account('openai', 'openai')], { OPENAI_API_KEY: 'sk-o' })
  expect(plain).toThrow(/`openai` is the name of the account of OPENAI_API_KEY/)
  expect(attempt([account('openai', 'openai'), account('eu', 'openai')])).not.toThrow()
})
