import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { CliError } from '../cli-error.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { printOne } from '../output/print-one.ts'
import { tableLines } from '../output/table.ts'
import type { Session } from '../session.ts'
import { asCliError } from '../error-lines.ts'
import { checkEvents } from './check-events.ts'
import { checkNetwork, checkOwnNetwork } from './check-network.ts'
import { checkQueues } from './check-queues.ts'
import {
  checkCluster,
  checkFaults,
  checkNode,
  checkPauses,
  checkProvider,
  checkReadiness,
  checkServer,
  checkWorkers,
  type Check,
} from './doctor-checks.ts'

type Examine = (session: Session) => Promise<Check[]>

/** After the server itself, in the order in which one thing rests on another. */
const EXAMINATIONS: [name: string, examine: Examine][] = [
  ['redis', checkReadiness],
  ['network', checkNetwork],
  ['cluster', checkCluster],
  ['workers', checkWorkers],
  ['provider', checkProvider],
  ['provider', checkFaults],
  ['provider', checkPauses],
  ['queue', checkQueues],
  ['events', checkEvents],
]

/** Looks at everything a scan needs and says what is wrong and how to mend it. */
export async function doctorCommand(session: Session): Promise<ExitCode> {
  const checks = [
    checkNode(),
    ...checkOwnNetwork(session),
    ...(await examine(session, 'server', checkServer)),
  ]
  const serverIsThere = checks.every(({ state }) => state !== 'bad')
  if (serverIsThere) {
    for (const [name, one] of EXAMINATIONS) checks.push(...(await examine(session, name, one)))
  }
  printOne(session, checks, { name: worst(checks), forPeople: () => checksText(session, checks) })
  if (!serverIsThere) return EXIT.unreachable
  return worst(checks) === 'bad' ? EXIT.unexpected : EXIT.ok
}

/** A check that throws is a check that failed. */
async function examine(session: Session, name: string, one: Examine): Promise<Check[]> {
  try {
    return await one(session)
  } catch (error) {
    session.io.interrupted.throwIfAborted()
    const { message, why, fix } = error instanceof CliError ? error : asCliError(error)
    return [{ name, state: 'bad', detail: [message, why].filter(Boolean).join(': '), fix }]
  }
}

function worst(checks: Check[]): Check['state'] {
  const states = checks.map(({ state }) => state)
  return states.includes('bad') ? 'bad' : states.includes('warn') ? 'warn' : 'ok'
}

function checksText({ out }: Session, checks: Check[]): string {
  const marks = { ok: out.green('✔'), warn: out.yellow('!'), bad: out.red('✖') }
  const lines = tableLines(checks, [
    { title: '', value: ({ name }) => name },
    { title: '', value: ({ detail }) => detail },
  ]).slice(1)
  const text = checks.flatMap(({ state, fix }, index) => [
    `${marks[state]} ${lines[index] ?? ''}`,
    ...(fix !== undefined && state !== 'ok' ? [`    fix: ${toPlainText(fix)}`] : []),
  ])
  return `${text.join('\n')}\n`
}
