import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCapstan, type CommandResult } from './run-capstan.ts'
import { NO_TERMINAL, runInTerminal } from './run-in-terminal.ts'
import { startCliTestServer, type CliTestServer } from './start-server.ts'

let server: CliTestServer
const SCAN = ['scan', '--full', 'pods', 'nodes', '--confirm-above', '0.000001', '-o', 'name']

beforeAll(async () => {
  server = await startCliTestServer()
})
afterAll(() => server.close())

const capstan = (args: string[], answer?: string): Promise<CommandResult> =>
  runCapstan(args, { environment: server.client, ...(answer === undefined ? {} : { answer }) })

async function countScans(): Promise<number> {
  const { out } = await capstan(['get', 'scans', '-o', 'name'])
  return out.split('\n').filter(Boolean).length
}

test('without a terminal a scan above the threshold is refused with its cost and --yes, and nothing starts', async () => {
  const { code, out, err } = await capstan(SCAN)
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toMatch(/why: It is estimated at about \$\d.* for 2 types with anthropic\//)
  expect(err).toMatch(/fix: .*--yes/)
  expect(await countScans()).toBe(0)
})

test.each([['n\n'], [''], ['maybe']])(
  'the answer %j starts nothing and exits with 130',
  async (answer) => {
    const { code, out, err } = await capstan(SCAN, answer)
    expect({ code, out }).toEqual({ code: 130, out: '' })
    expect(err).toMatch(/This scan costs about \$.* Start it\? \[y\/N\]/)
    expect(err).toContain('Not started.')
    expect(await countScans()).toBe(0)
  },
)

test('the answer yes and the option --yes start the scan', async () => {
  expect((await capstan(SCAN, 'y')).code).toBe(0)
  expect((await capstan([...SCAN, '--yes'])).code).toBe(0)
  expect(await countScans()).toBe(2)
})

test.each([
  ['an estimate below the threshold', ['scan', '--full', 'pods']],
  [
    'a budget that is no larger than the threshold',
    [...SCAN, '--max-cost', '0.000001', '--detach'],
  ],
  ['a dry run', [...SCAN, '--dry-run']],
  ['types that have not changed', ['scan', 'pods', '--confirm-above', '0.000001']],
])('%s does not ask for confirmation', async (_, args) => {
  const { code, err } = await capstan(args)
  expect(code, err).toBe(0)
  expect(err).not.toContain('Start it?')
})

test('in a terminal the user is asked, and Ctrl-C exits without a scan', async ({ skip }) => {
  if (NO_TERMINAL) return skip(NO_TERMINAL)
  const before = await countScans()
  const asked = runInTerminal(SCAN, { columns: 80, environment: server.client })
  await asked.shows('[y/N]')
  asked.type('\u0003')
  expect(await asked.ended).toBe(130)
  const refused = runInTerminal(SCAN, { columns: 80, environment: server.client })
  await refused.shows('[y/N]')
  refused.type('n\n')
  expect(await refused.ended).toBe(130)
  expect(refused.text()).toContain('Not started.')
  expect(await countScans()).toBe(before)
  const confirmed = runInTerminal(SCAN, { columns: 80, environment: server.client })
  await confirmed.shows('[y/N]')
  confirmed.type('yes\n')
  expect(await confirmed.ended).toBe(0)
  expect(await countScans()).toBe(before + 1)
})
