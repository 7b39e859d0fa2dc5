import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { testRedis } from '@capstan/testkit/redis'
import { until } from '@capstan/testkit/until'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../', import.meta.url))
const NO_NETWORK = /ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|network/

// The package as npm builds and installs it, in an empty folder without this repository.
let folder: string
let tarball: string
/** Why it could not be installed; undefined when it was installed. */
let notInstalled: string | undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capstan-packed-'))
  const { stdout } = await run(process.execPath, [join(ROOT, 'scripts/package.ts'), folder])
  tarball = stdout.trim()
  await writeFile(join(folder, 'package.json'), '{}')
  const install = [
    'install',
    tarball,
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--prefer-offline',
  ]
  try {
    await run('npm', install, { cwd: folder, maxBuffer: 16 * 1_048_576 })
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    if (!NO_NETWORK.test(text)) throw error
    notInstalled = 'npm reaches no registry here'
  }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const bin = (): string => join(folder, 'node_modules/.bin')
const PATH = `${join(ROOT, 'node_modules/.bin')}${delimiter}${process.env['PATH'] ?? ''}`

async function capstan(args: string[], environment: Record<string, string> = {}) {
  const child = spawn(join(bin(), 'capstan'), args, { cwd: folder, env: { PATH, ...environment } })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, out, err }
}

test('the package contains JavaScript and the files that it reads, but no tests, types or local paths', async () => {
  const { stdout } = await run('tar', ['-tzf', tarball])
  const files = stdout.trim().split('\n')
  expect(files).toContain('package/apps/cli/src/main.js')
  expect(files).toContain('package/packages/scan-store/src/journal/lua/open.lua')
  expect(files).toContain('package/apps/dashboard/dist/index.html')
  expect(files.filter((name) => /\.ts$|\.test\.|testkit/.test(name))).toEqual([])
  const { stdout: text } = await run('tar', ['-xzOf', tarball], { maxBuffer: 64 * 1_048_576 })
  expect(text).not.toContain(ROOT)
  expect(text).not.toContain("'@capstan/")
})

beforeEach(({ task, skip }) => {
  if (notInstalled && !task.name.startsWith('the package contains')) skip(notInstalled)
})

test('the installed command prints its version without warnings', async () => {
  const environment = { NO_COLOR: '1', FORCE_COLOR: '1' }
  const { code, out, err } = await capstan(['--version'], environment)
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toMatch(/^capstan \d/)
})

test('hints of the installed command use `capstan` when it is on the PATH, otherwise `npx capstan`', async () => {
  const args = ['get', 'scans', '--server', 'http://127.0.0.1:9']
  const beside = await capstan(args)
  expect(beside.code).toBe(4)
  expect(beside.err).toContain('`npx capstan up`')
  const onPath = await capstan(args, { PATH: `${bin()}${delimiter}${PATH}` })
  expect(onPath.err).toContain('`capstan up`')
})

test('the installed command starts all of Capstan, runs a scan and stops', async () => {
  const { url, keys } = testRedis()
  const up = spawn(join(bin(), 'capstan'), ['up', '--demo', '--port', '0', '--workers', '1'], {
    cwd: folder,
    env: { PATH, HOME: folder, REDIS_URL: url, CAPSTAN_REDIS_PREFIX: keys.prefix },
  })
  const ended = once(up, 'close') as Promise<[number | null]>
  onTestFinished(async () => {
    up.kill('SIGKILL')
    await ended
  })
  let written = ''
  for (const stream of [up.stdout, up.stderr]) {
    stream.on('data', (chunk: Buffer) => (written += chunk.toString()))
  }
  await until(`the address; so far: ${written}`, () => {
    if (up.exitCode !== null) throw new Error(written)
    return written.includes('Ctrl-C stops it') || undefined
  })
  const [, server = ''] = /serves at (\S+)/.exec(written) ?? []
  expect((await fetch(`${server}/ui/`)).status).toBe(200)
  const scan = await capstan(['scan', 'pods', 'deployments', '--server', server])
  expect(scan.code, scan.err).toBe(0)
  expect(scan.err).toContain('succeeded: 2 types')
  up.kill('SIGINT')
  expect((await ended)[0], written).toBe(0)
})
