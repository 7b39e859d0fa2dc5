import { expect, test } from 'vitest'
import { ConfigError } from '@capstan/shared/config/read-config'
import { readApiConfig } from './config.ts'

const REDIS_URL = 'redis://127.0.0.1:6379'
const SECRET = 'super-secret-token-0123456789'

test('defaults serve this machine alone', () => {
  expect(readApiConfig({ REDIS_URL })).toMatchObject({ HOST: '127.0.0.1', PORT: 8080, tokens: [] })
})

test.each(['0.0.0.0', '::', '192.168.1.5', 'example.com'])(
  'without a token it refuses to listen on %s',
  (HOST) => {
    expect(() => readApiConfig({ REDIS_URL, HOST })).toThrow(/CAPSTAN_TOKEN must be set/)
    expect(readApiConfig({ REDIS_URL, HOST, CAPSTAN_TOKEN: SECRET }).tokens).toHaveLength(1)
  },
)

test('one token is an admin named default, entries have names and scopes', () => {
  expect(readApiConfig({ REDIS_URL, CAPSTAN_TOKEN: SECRET }).tokens).toMatchObject([
    { name: 'default', scopes: ['admin'] },
  ])
  const CAPSTAN_TOKEN = `ci:scan+read:${SECRET}, view:read:${SECRET}2`
  expect(readApiConfig({ REDIS_URL, CAPSTAN_TOKEN }).tokens).toMatchObject([
    { name: 'ci', scopes: ['read', 'scan'] },
    { name: 'view', scopes: ['read'] },
  ])
})

test.each([
  ['known', 'known'],
  ['true', true],
  ['yes', true],
  ['false', false],
  [undefined, false],
])('CAPSTAN_ALLOW_EXEC=%s is read as %s', (CAPSTAN_ALLOW_EXEC, expected) => {
  expect(readApiConfig({ REDIS_URL, CAPSTAN_ALLOW_EXEC }).CAPSTAN_ALLOW_EXEC).toBe(expected)
})

test('another word for CAPSTAN_ALLOW_EXEC is refused with the words there are', () => {
  expect(() => readApiConfig({ REDIS_URL, CAPSTAN_ALLOW_EXEC: 'aws' })).toThrow(
    /CAPSTAN_ALLOW_EXEC: must be true, false or known/,
  )
})

test('credential plugins get the environment without our own settings', () => {
  const theirs = { PATH: '/bin', HOME: '/home/me', AWS_PROFILE: 'prod' }
  const ours = { REDIS_URL, CAPSTAN_TOKEN: SECRET, QDRANT_API_KEY: 'q', EMBEDDINGS_API_KEY: 'e' }
  expect(readApiConfig({ ...theirs, ...ours }).pluginEnvironment).toEqual(theirs)
})

test.each([
  ['too short', 'short'],
  ['a space inside', 'two words of sixteen letters'],
  ['a scope nobody has', `ci:scan:${SECRET},ops:root:${SECRET}`],
  ['a name twice', `ci:scan:${SECRET},ci:read:${SECRET}`],
  ['a short one among long ones', `ci:scan:${SECRET},ops:admin:short`],
])('a token that is %s is refused and not quoted', (_, CAPSTAN_TOKEN) => {
  const attempt = (): unknown => readApiConfig({ REDIS_URL, CAPSTAN_TOKEN })
  expect(attempt).toThrow(ConfigError)
  try {
    attempt()
  } catch (error) {
    expect(String(error)).not.toContain(CAPSTAN_TOKEN)
    expect(String(error)).not.toContain(SECRET)
  }
})

test('all faults are named at once', () => {
  const attempt = (): unknown =>
    readApiConfig({ PORT: '99999', LOG_LEVEL: 'loud', HOST: '0.0.0.0' })
  expect(attempt).toThrow(/4 fault/)
  for (const name of ['PORT', 'LOG_LEVEL', 'HOST', 'REDIS_URL']) {
    expect(attempt).toThrow(new RegExp(`^  - ${name}: `, 'm'))
  }
})

test('a token that cannot be read is one fault, not two', () => {
  const environment = { REDIS_URL, HOST: '0.0.0.0', CAPSTAN_TOKEN_FILE: '/nowhere' }
  expect(() => readApiConfig(environment)).toThrow(/1 fault.*\n.*CAPSTAN_TOKEN_FILE/)
})

test('settings of embeddings that would have no effect are refused', () => {
  const EMBEDDINGS_URL = 'http://localhost:11434/v1'
  expect(() => readApiConfig({ REDIS_URL, EMBEDDINGS_MODEL: 'm' })).toThrow(/EMBEDDINGS_API_KEY/)
  expect(readApiConfig({ REDIS_URL, EMBEDDINGS_URL })).toMatchObject({
    EMBEDDINGS_MODEL: 'text-embedding-3-small',
    EMBEDDINGS_DIMENSIONS: 1_536,
  })
})
