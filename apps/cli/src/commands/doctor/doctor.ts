import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { CliError } from '../../cli-error.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { printOne } from '../../output/print-one.ts'
import { formatTable } from '../../output/format-table.ts'
import type { CliSession } from '../../cli-session.ts'
import { toCliError } from '../../format-error.ts'
import { checkEvents } from './check-events.ts'
import { checkNetwork, checkOwnNetwork } from './check-network.ts'
import { checkQueues } from './check-queues.ts'
import {
  checkCluster,
  checkFaults,
  checkNode,
  checkPauses,
  diagnoseProvider,
  checkReadiness,
  checkServer,
  checkWorkers,
} from './doctor-checks.ts'
import type { DoctorCheck } from './doctor-check.ts'

type Examine = (session: CliSession) => Promise<DoctorCheck[]>

/** Checks after the server check, in order of dependency. */
const EXAMINATIONS: [name: string, examine: Examine][] = [
  ['redis', checkReadiness],
  ['network', checkNetwork],
  ['cluster', checkCluster],
  ['workers', checkWorkers],
  ['provider', diagnoseProvider],
  ['provider', checkFaults],
  ['provider', checkPauses],
  ['queue', checkQueues],
  ['events', checkEvents],
]

/** Checks everything that a scan needs, and prints each fault with its fix. */
export async function runDoctor(session: CliSession): Promise<ExitCode> {
  const checks = [
    checkNode(),
    ...checkOwnNetwork(session),
    ...(await runCheck(session, 'server', checkServer)),
  ]
  const serverIsThere = checks.every(({ state }) => state !== 'bad')
  if (serverIsThere) {
    for (const [name, one] of EXAMINATIONS) checks.push(...(await runCheck(session, name, one)))
  }
  printOne(session, checks, {
    name: findWorstState(checks),
    forPeople: () => formatChecks(session, checks),
  })
  if (!serverIsThere) return EXIT.unreachable
  return findWorstState(checks) === 'bad' ? EXIT.unexpected : EXIT.ok
}

/** A check that throws counts as failed. */
async function runCheck(session: CliSession, name: string, one: Examine): Promise<DoctorCheck[]> {
  try {
    return await one(session)
  } catch (error) {
    session.io.interrupted.throwIfAborted()
    const { message, why, fix } = error instanceof CliError ? error : toCliError(error)
    return [{ name, state: 'bad', detail: [message, why].filter(Boolean).join(': '), fix }]
  }
}

function findWorstState(checks: DoctorCheck[]): DoctorCheck['state'] {
  const states = checks.map(({ state }) => state)
  return states.includes('bad') ? 'bad' : states.includes('warn') ? 'warn' : 'ok'
}

function formatChecks({ out }: CliSession, checks: DoctorCheck[]): string {
  const marks = { ok: out.green('✔'), warn: out.yellow('!'), bad: out.red('✖') }
  const lines = formatTable(checks, [
    { title: '', value: ({ name }) => name },
    { title: '', value: ({ detail }) => detail },
  ]).slice(1)
  const text = checks.flatMap(({ state, fix }, index) => [
    `${marks[state]} ${lines[index] ?? ''}`,
    ...(fix !== undefined && state !== 'ok' ? [`    fix: ${toPlainText(fix)}`] : []),
  ])
  return `${text.join('\n')}\n`
}
