import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { onTestFinished } from '@capstan/testkit/on-test-finished'
import { startRig } from '../support/api-rig.ts'
import { literalClusters } from '../support/literal-clusters.ts'

const run = promisify(execFile)
const MAIN = fileURLToPath(import.meta.resolve('@modelcontextprotocol/conformance/dist/index.js'))

/** Scenarios of the official suite that need no fixture tools. */
const SCENARIOS = [
  ['http-header-validation', '2026-07-28'],
  ['caching', '2026-07-28'],
  ['sep-2164-resource-not-found', '2026-07-28'],
  ['server-stateless', '2026-07-28'],
  ['tools-list', '2026-07-28'],
  ['tools-list', '2025-11-25'],
  ['resources-list', '2026-07-28'],
  ['resources-list', '2025-11-25'],
  ['server-initialize', '2025-11-25'],
  ['dns-rebinding-protection', '2025-11-25'],
] as const

/** Checks of `server-stateless` that call tools of a fixture server, or need a subscription, which this server refuses. */
const UNTESTABLE = [
  'sep-2575-http-server-no-independent-requests-on-stream',
  'sep-2575-missing-capability-http-400',
  'sep-2575-server-no-log-without-loglevel',
  'sep-2575-server-rejects-undeclared-capability',
  'sep-2575-server-sends-subscription-ack',
  'sep-2575-server-tags-subscription-id',
]

test.each(SCENARIOS)(
  'the server passes the official scenario %s of %s',
  async (scenario, version) => {
    const { url } = await startRig({ clusters: literalClusters(['Queue']).clusters })
    const directory = await mkdtemp(join(tmpdir(), 'capstan-conformance-'))
    onTestFinished(() => rm(directory, { recursive: true, force: true }))
    const options = ['--url', `${url}/mcp`, '--scenario', scenario, '--spec-version', version]
    const checks = await runChecks([MAIN, 'server', ...options], directory)
    const listIds = (status: string): string[] =>
      checks.filter((check) => check.status === status).map(({ id }) => id)
    expect(listIds('SUCCESS')).not.toEqual([])
    const expected = scenario === 'server-stateless' ? UNTESTABLE : []
    expect(listIds('FAILURE').toSorted()).toEqual(expected)
  },
)

/** Runs the program in `cwd`, because it may write there. A failed check makes it exit with an error. */
async function runChecks(command: string[], cwd: string) {
  const { stdout } = await run(process.execPath, command, { cwd, env: { NO_COLOR: '1' } }).catch(
    (error: unknown) => Failure.parse(error),
  )
  return [...stdout.matchAll(CHECK)].map(([, id = '', status = '']) => ({ id, status }))
}

const Failure = z.object({ stdout: z.string() })
// oxlint-disable-next-line eslint/no-control-regex -- matches colors
const CHECK = /\[(\S+) *\] (?:\u001B\[\d+m)?(SUCCESS|FAILURE)/g
