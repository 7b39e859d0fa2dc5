import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCapstan, spawnCapstan } from './run-capstan.ts'
import { NO_TERMINAL, runInTerminal, findTooWideLines } from './run-in-terminal.ts'
import { startCliTestServer, type CliTestServer } from './start-server.ts'

let server: CliTestServer

beforeAll(async () => {
  server = await startCliTestServer({ faults: [{ kind: 'refusal', matching: 'CronJob' }] })
  await runCapstan(['scan', '*.apps', '*.batch', '-q', '--yes'], { environment: server.client })
})
afterAll(() => server.close())

const COMMANDS = [
  ['scan', '--dry-run', '--full', '*.apps', '*.batch'],
  ['scan', '--dry-run', '*.apps'],
  ['watch', 'latest'],
  ['describe', 'scan', 'latest'],
  ['describe', 'capability', 'deployments.apps'],
  ['get', 'scans'],
  ['get', 'resources', 'deploy'],
  ['get', 'capabilities'],
  ['get', 'workers'],
  ['get', 'providers'],
  ['search', 'deployment'],
  ['queue'],
  ['doctor'],
  ['version'],
  ['get', 'scans', '-l', 'team=none'],
  ['describe', 'capability', 'nothing'],
  ['scan', 'nothing'],
  ['get', 'scans', '--server', 'http://127.0.0.1:9'],
  ['--help'],
  ['scan', '--help'],
  ['scan', '--nothing'],
]

describe.each([40, 60, 80, 200])('in a terminal of %i columns', (columns) => {
  test.each(COMMANDS.map((args) => [args]))(
    '%j prints no line wider than the terminal',
    async (args) => {
      const { out, err } = await runCapstan(args, { environment: server.client, terminal: columns })
      const written = stripVTControlCharacters(out + err)
      expect(written).not.toBe('')
      expect(findTooWideLines(written, columns)).toEqual([])
    },
  )

  test('a scan, its failures and its end block fit the terminal, and the next command can be pasted', async ({
    skip,
  }) => {
    if (NO_TERMINAL) return skip(NO_TERMINAL)
    const scan = runInTerminal(['scan', '--full', '--yes', '*.batch'], {
      columns,
      environment: server.client,
    })
    expect(await scan.ended).toBe(3)
    expect(findTooWideLines(scan.text(), columns)).toEqual([])
    const [, next = ''] = /Next:\s+([^]*?)\n\s*$/.exec(scan.text()) ?? []
    expect(next.replaceAll(/ \\\n */g, ' ')).toMatch(
      /^npx -y pnpm@12\.21\.0 capstan retry scan_\w{32} --failed$/,
    )
  })
})

test('a list in a narrow terminal shows each row as a block', async () => {
  const { out } = await runCapstan(['get', 'capabilities'], {
    environment: server.client,
    terminal: 40,
  })
  expect(out).toMatch(/^deployments\.apps\n {2}complexity: \w+\n {2}confidence: 0\.\d\d/m)
})

test.each([
  ['NO_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }],
  ['an empty NO_COLOR', { NO_COLOR: '', FORCE_COLOR: '1' }],
  ['NODE_DISABLE_COLORS', { NODE_DISABLE_COLORS: '1', FORCE_COLOR: '3' }],
])('%s together with FORCE_COLOR causes no warning of Node', async (_, colors) => {
  const environment = { ...server.client, ...colors }
  for (const args of [['--help'], ['get', 'scans'], ['watch', 'latest'], ['scan', '--nothing']]) {
    const ran = spawnCapstan(args, environment)
    await ran.ended
    expect(ran.out() + ran.err()).not.toContain('Warning')
  }
})

test('Ctrl-C on a paused scan prints the pause, its reason and how to resume', async ({ skip }) => {
  if (NO_TERMINAL) return skip(NO_TERMINAL)
  const environment = server.client
  const release = server.provider.hold({ matching: '' })
  const scan = runInTerminal(['scan', '--full', '--yes', '*.apps'], { columns: 100, environment })
  await scan.shows('running')
  await runCapstan(['pause', 'latest'], { environment })
  await scan.shows('paused by')
  scan.type('\u0003')
  expect(await scan.ended).toBe(130)
  release()
  const [, left = ''] = /(Detached\.[^]*)$/.exec(scan.text()) ?? []
  expect(left).toMatch(/! scan_\w{32} is paused: \S+/)
  expect(left.replaceAll(/ \\\n */g, ' ')).toMatch(
    /resume it:\s+npx \S+ \S+ capstan resume scan_\w{32}$/m,
  )
  expect(left).not.toContain('The scan continues')
  await runCapstan(['cancel', 'latest'], { environment })
})
