import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { runCapstan, type CommandResult } from './run-capstan.ts'

const TOKEN = 'context-token-0123456789abcdef'

/** Creates a home folder and two servers that record the tokens they receive. */
async function arrange() {
  const home = await mkdtemp(join(tmpdir(), 'capstan-config-'))
  const tokenFile = join(home, 'token')
  await writeFile(tokenFile, `${TOKEN}\n`)
  const shown: Record<string, string[]> = { first: [], second: [] }
  const listen = async (name: 'first' | 'second'): Promise<string> => {
    const server = createServer((request, response) => {
      shown[name]?.push(request.headers.authorization ?? 'none')
      response.setHeader('content-type', 'application/json').end('{"data":[]}')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  const environment = { XDG_CONFIG_HOME: home }
  return {
    shown,
    tokenFile,
    first: await listen('first'),
    second: await listen('second'),
    home,
    path: join(home, 'capstan', 'config.yaml'),
    capstan: (...args: string[]): Promise<CommandResult> => runCapstan(args, { environment }),
  }
}

test('commands use the current context and its token, and the token is not stored in the configuration', async () => {
  const { capstan, first, second, shown, tokenFile, path } = await arrange()
  expect((await capstan('config', 'get-contexts')).err).toContain('set-context')
  const set = ['config', 'set-context']
  await capstan(...set, 'prod', '--server', first, '--token-file', tokenFile)
  await capstan(...set, 'dev', '--server', second)
  expect((await capstan('config', 'get-contexts')).out).toBe(`* prod  ${first}\n  dev  ${second}\n`)
  await capstan('get', 'workers')
  expect(shown).toEqual({ first: [`Bearer ${TOKEN}`], second: [] })
  expect((await capstan('config', 'use-context', 'dev')).err).toContain(second)
  await capstan('get', 'workers')
  expect(shown['second']).toEqual(['none'])
  expect(await readFile(path, 'utf8')).not.toContain(TOKEN)
  expect((await stat(path)).mode & 0o077).toBe(0)
})

test('an explicit server does not receive the token of a context', async () => {
  const { capstan, first, second, shown, tokenFile } = await arrange()
  await capstan('config', 'set-context', 'prod', '--server', first, '--token-file', tokenFile)
  await capstan('get', 'workers', '--server', second)
  expect(shown).toEqual({ first: [], second: ['none'] })
})

test.each([
  ['an unknown context', ['use-context', 'nope'], 'There is no context nope'],
  [
    'an invalid context name',
    ['set-context', '../x', '--server', 'http://a'],
    'is not a valid name',
  ],
  ['a new context without a server', ['set-context', 'a'], 'needs a server'],
  ['a server with a password', ['set-context', 'a', '--server', 'http://u:p@a'], 'is invalid'],
])('`capstan config` rejects %s and writes no file', async (_, args, message) => {
  const { capstan, path } = await arrange()
  const refused = await capstan('config', ...args)
  expect(refused).toMatchObject({ code: 2, err: expect.stringContaining(message) as string })
  await expect(stat(path)).rejects.toThrow('ENOENT')
})

test('an invalid configuration is an error that names the file', async () => {
  const { capstan, path, first } = await arrange()
  await capstan('config', 'set-context', 'prod', '--server', first)
  for (const broken of ['contexts: {a: {server: 7}}', '{', 'current: gone']) {
    await writeFile(path, broken)
    const refused = await capstan('get', 'workers')
    expect(refused.code, broken).toBe(2)
    expect(refused.err).toMatch(/config\.yaml is invalid|There is no context gone/)
  }
})

test('--context selects server and token of one command and overrides the environment', async () => {
  const { home, first, second, shown, tokenFile, capstan } = await arrange()
  await capstan('config', 'set-context', 'dev', '--server', second)
  await capstan('config', 'set-context', 'prod', '--server', first, '--token-file', tokenFile)
  const environment = {
    XDG_CONFIG_HOME: home,
    CAPSTAN_SERVER: second,
    CAPSTAN_TOKEN: 'token-of-the-environment',
  }
  const ran = await runCapstan(['get', 'workers', '--context', 'prod'], { environment })
  expect(ran.code, ran.err).toBe(0)
  expect(shown).toEqual({ first: [`Bearer ${TOKEN}`], second: [] })
})

test.each([
  ['an unknown context', ['--context', 'nope'], 'There is no context nope'],
  ['a name that objects have', ['--context', 'toString'], 'There is no context toString'],
  ['a context beside a server', ['--context', 'a', '--server', 'http://a'], 'cannot be used with'],
])('%s is a usage error', async (_, args, message) => {
  const { capstan } = await arrange()
  const refused = await capstan('get', 'workers', ...args)
  expect(refused).toMatchObject({ code: 2, out: '' })
  expect(refused.err).toContain(message)
})

test('config init writes a commented configuration and a token that only their owner can read', async () => {
  const { home, first, shown, path, capstan } = await arrange()
  const written = await capstan('config', 'init', '--server', first)
  expect(written).toMatchObject({ code: 0, out: '' })
  const tokenFile = join(home, 'capstan', 'token')
  const token = (await readFile(tokenFile, 'utf8')).trim()
  expect(token).toMatch(/^[0-9a-f]{64}$/)
  expect(written.err).toContain(tokenFile)
  expect(written.err).not.toContain(token)
  for (const file of [path, tokenFile]) expect((await stat(file)).mode & 0o777).toBe(0o600)
  const text = await readFile(path, 'utf8')
  expect(text).toMatch(/^# .*\n[^]*^ +# prod:$/m)
  expect(text).not.toContain(token)
  await capstan('get', 'workers')
  expect(shown['first']).toEqual([`Bearer ${token}`])
})

test.each(['config.yaml', 'token'])(
  'config init does not overwrite an existing %s',
  async (name) => {
    const { home, capstan } = await arrange()
    await mkdir(join(home, 'capstan'))
    const existing = join(home, 'capstan', name)
    await writeFile(existing, 'mine')
    const refused = await capstan('config', 'init')
    expect(refused).toMatchObject({ code: 2, out: '' })
    expect(refused.err).toContain(`${name} exists already`)
    expect(await readFile(existing, 'utf8')).toBe('mine')
    expect(await readdir(join(home, 'capstan'))).toEqual([name])
  },
)

test('a later change of the configuration preserves its comments', async () => {
  const { path, second, capstan } = await arrange()
  await capstan('config', 'init', '--token-file', 'elsewhere')
  await capstan('config', 'set-context', 'dev', '--server', second)
  await capstan('config', 'use-context', 'dev')
  const text = await readFile(path, 'utf8')
  expect(text).toContain('# Servers that')
  expect(text).toContain('current: dev')
  expect((await capstan('config', 'get-contexts')).out).toBe(
    `  local  http://127.0.0.1:8080\n* dev  ${second}\n`,
  )
})

test.each([
  ['below /proc', '/proc/nothing'],
  ['below a file', '/dev/null/x'],
])('an unusable configuration folder (%s) is an error that names the folder', async (_, folder) => {
  const environment = { XDG_CONFIG_HOME: folder }
  for (const args of [['init'], ['set-context', 'a', '--server', 'http://a']]) {
    const refused = await runCapstan(['config', ...args], { environment })
    expect(refused).toMatchObject({ code: 2, out: '' })
    expect(refused.err).toMatch(new RegExp(`✖ .*${folder}.*\\n {2}why: .*\\n {2}fix: `))
  }
})
