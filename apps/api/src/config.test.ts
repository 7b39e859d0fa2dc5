import { expect, test } from 'vitest'
import { ConfigError } from '@capstan/shared/config/read-config'
import { readApiConfig } from './config.ts'

const REDIS_URL = 'redis://127.0.0.1:6379'
const SECRET = 'super-secret-token-0123456789'

test('the default settings listen on loopback without tokens', () => {
  expect(readApiConfig({ REDIS_URL })).toMatchObject({ HOST: '127.0.0.1', PORT: 8080, tokens: [] })
})

test.each(['0.0.0.0', '::', '192.168.1.5', 'example.com'])(
  'the API refuses to listen on %s without a token',
  (HOST) => {
    expect(() => readApiConfig({ REDIS_URL, HOST })).toThrow(/CAPSTAN_TOKEN must be set/)
    expect(readApiConfig({ REDIS_URL, HOST, CAPSTAN_TOKEN: SECRET }).tokens).toHaveLength(1)
  },
)

test('a single token is an admin named `default`, and token entries have names and the role of their scopes', () => {
  expect(readApiConfig({ REDIS_URL, CAPSTAN_TOKEN: SECRET }).tokens).toMatchObject([
    { name: 'default', role: 'admin' },
  ])
  const CAPSTAN_TOKEN = `ci:scan+read:${SECRET}, view:read:${SECRET}2`
  expect(readApiConfig({ REDIS_URL, CAPSTAN_TOKEN }).tokens).toMatchObject([
    { name: 'ci', role: 'operator' },
    { name: 'view', role: 'viewer' },
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

test('an unknown value of CAPSTAN_ALLOW_EXEC is rejected with the list of valid values', () => {
  expect(() => readApiConfig({ REDIS_URL, CAPSTAN_ALLOW_EXEC: 'aws' })).toThrow(
    /CAPSTAN_ALLOW_EXEC: must be true, false or known/,
  )
})

test('credential plugins receive the environment without the settings of Capstan', () => {
  const foreign = { PATH: '/bin', HOME: '/home/me', AWS_PROFILE: 'prod' }
  const own = { REDIS_URL, CAPSTAN_TOKEN: SECRET, QDRANT_API_KEY: 'q', EMBEDDINGS_API_KEY: 'e' }
  expect(readApiConfig({ ...foreign, ...own }).pluginEnvironment).toEqual(foreign)
})

test.each([
  ['a token that is too short', 'short'],
  ['a token with spaces', 'two words of sixteen letters'],
  ['an unknown scope', `ci:scan:${SECRET},ops:root:${SECRET}`],
  ['a duplicate name', `ci:scan:${SECRET},ci:read:${SECRET}`],
  ['one short token among long ones', `ci:scan:${SECRET},ops:admin:short`],
])('an invalid CAPSTAN_TOKEN (%s) is rejected without quoting it', (_, CAPSTAN_TOKEN) => {
  const attempt = (): unknown => readApiConfig({ REDIS_URL, CAPSTAN_TOKEN })
  expect(attempt).toThrow(ConfigError)
  try {
    attempt()
  } catch (error) {
    expect(String(error)).not.toContain(CAPSTAN_TOKEN)
    expect(String(error)).not.toContain(SECRET)
  }
})

test('an invalid configuration reports all faults at once', () => {
  const attempt = (): unknown =>
    readApiConfig({ PORT: '99999', LOG_LEVEL: 'loud', HOST: '0.0.0.0' })
  expect(attempt).toThrow(/4 fault/)
  for (const name of ['PORT', 'LOG_LEVEL', 'HOST', 'REDIS_URL']) {
    expect(attempt).toThrow(new RegExp(`^  - ${name}: `, 'm'))
  }
})

test('an unreadable token file is reported as one fault', () => {
  const environment = { REDIS_URL, HOST: '0.0.0.0', CAPSTAN_TOKEN_FILE: '/nowhere' }
  expect(() => readApiConfig(environment)).toThrow(/1 fault.*\n.*CAPSTAN_TOKEN_FILE/)
})

test('embedding settings without a URL or a key are rejected', () => {
  const EMBEDDINGS_URL = 'http://localhost:11434/v1'
  expect(() => readApiConfig({ REDIS_URL, EMBEDDINGS_MODEL: 'm' })).toThrow(/EMBEDDINGS_API_KEY/)
  expect(readApiConfig({ REDIS_URL, EMBEDDINGS_URL })).toMatchObject({
    EMBEDDINGS_MODEL: 'text-embedding-3-small',
    EMBEDDINGS_DIMENSIONS: 1_536,
  })
})

const OIDC = {
  REDIS_URL,
  CAPSTAN_PUBLIC_URL: 'https://capstan.example/ops/',
  CAPSTAN_OIDC_ISSUER: 'https://login.example/realms/main',
  CAPSTAN_OIDC_CLIENT_ID: 'capstan',
  CAPSTAN_OIDC_ROLES: 'sre=operator',
}

test('an issuer replaces the token of a host that is open to others', () => {
  const { oidc, tokens } = readApiConfig({ ...OIDC, HOST: '0.0.0.0' })
  expect(tokens).toEqual([])
  expect(oidc).toMatchObject({
    issuer: 'https://login.example/realms/main',
    clientId: 'capstan',
    clientSecret: undefined,
    scopes: 'openid profile email',
    groupsClaim: 'groups',
    publicUrl: 'https://capstan.example/ops',
  })
  expect(oidc?.roles.findRole(['sre'])).toBe('operator')
  expect(readApiConfig({ REDIS_URL }).oidc).toBeUndefined()
})

test.each([
  [{ CAPSTAN_PUBLIC_URL: '' }, /CAPSTAN_PUBLIC_URL: is required with CAPSTAN_OIDC_ISSUER/],
  [{ CAPSTAN_PUBLIC_URL: 'http://capstan.example' }, /CAPSTAN_PUBLIC_URL: must be an https/],
  [{ CAPSTAN_OIDC_CLIENT_ID: '' }, /CAPSTAN_OIDC_CLIENT_ID: is required/],
  [{ CAPSTAN_OIDC_ROLES: '' }, /CAPSTAN_OIDC_ROLES: is required/],
  [{ CAPSTAN_OIDC_ROLES: 'sre=root' }, /CAPSTAN_OIDC_ROLES: `sre=root` is not `group=role`/],
  [{ CAPSTAN_OIDC_ISSUER: 'http://login.example' }, /CAPSTAN_OIDC_ISSUER: must be an https/],
  [{ CAPSTAN_OIDC_ISSUER: 'login.example' }, /CAPSTAN_OIDC_ISSUER: must be an https/],
  [{ CAPSTAN_OIDC_ISSUER: 'https://me:pw@login.example' }, /CAPSTAN_OIDC_ISSUER: must be an https/],
  [{ CAPSTAN_OIDC_SCOPES: 'profile' }, /CAPSTAN_OIDC_SCOPES: must include openid/],
  [{ CAPSTAN_OIDC_ISSUER: '' }, /CAPSTAN_OIDC_CLIENT_ID, CAPSTAN_OIDC_ROLES: has no effect/],
])('the settings of an issuer with %j are rejected', (changed, fault) => {
  expect(() => readApiConfig({ ...OIDC, ...changed })).toThrow(fault)
})

test('an issuer and a public URL on loopback may use http', () => {
  const local = {
    CAPSTAN_OIDC_ISSUER: 'http://127.0.0.1:5556/dex',
    CAPSTAN_PUBLIC_URL: 'http://localhost:8080',
  }
  expect(readApiConfig({ ...OIDC, ...local }).oidc?.issuer).toBe('http://127.0.0.1:5556/dex')
})
