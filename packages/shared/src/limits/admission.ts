import { randomUUID } from 'node:crypto'
import { MustWait } from './must-wait.ts'
import { asTurn } from './turn.ts'
import type {
  Admission,
  Answer,
  BreakerChange,
  CallSize,
  Limiter,
  Route,
  Settled,
  Turn,
  TurnRequest,
  WaitReason,
} from './types.ts'
import { sleeper, type Sleeper } from './sleeper.ts'
import { unlessAborted } from './unless-aborted.ts'
import { waitingLine, type WaitingLine } from './waiting-line.ts'

export interface AdmissionOptions {
  /** Told once of each change, in the process whose call brought it about. */
  onBreaker?: (route: Route, change: BreakerChange) => void
  /** Told at every look of the first in line: often of the same wait again. */
  onWait?: (route: Route, wait: { because: WaitReason; waitMs: number }) => void
  /** Longest time between two looks at the limits; things may get better sooner than foreseen. */
  pollMs?: number
  random?: () => number
}

/** The waiting callers of one route. */
interface Gate {
  route: Route
  line: WaitingLine
  sleeper: Sleeper
}

/** A settled call may have given tokens back, which no earlier answer could foresee. */
const POLL_MS = 500
/** Processes that wait for the same moment come one after the other. */
const SPREAD_MS = 50

/** The door in front of the model calls of this process; `limiter` is what all processes share. */
export function openAdmission(limiter: Limiter, options: AdmissionOptions = {}): Admission {
  const gates = new Map<string, Gate>()
  const report = (route: Route, { breaker }: Settled | Extract<Answer, { outcome: 'granted' }>) => {
    if (breaker) options.onBreaker?.(route, breaker)
  }
  const wakeGroup = ({ account, group }: Route): void => {
    for (const { route, sleeper: waiting } of gates.values()) {
      if (route.account === account && route.group === group) waiting.wake()
    }
  }
  const turnOf = (route: Route, lease: string, answer: Granted): Turn => {
    report(route, answer)
    return asTurn(lease, answer, async (ending) => {
      try {
        report(route, await limiter.settle(route, lease, ending))
      } finally {
        wakeGroup(route)
      }
    })
  }
  return {
    acquire: async (request, signal) => {
      signal.throwIfAborted()
      const gate = gateOf(gates, request.route)
      const lease = randomUUID()
      const place = gate.line.join(request.patienceMs ?? Number.POSITIVE_INFINITY, request.onWait)
      try {
        await unlessAborted(place.first, signal)
        const granted = await askUntilGranted({ limiter, gate, lease, request, options }, signal)
        const turn = turnOf(request.route, lease, granted.answer)
        if (request.accept?.(granted.size) === false) return await refuse(turn, signal)
        return turn
      } catch (error) {
        // Its place would hold up others until it expires.
        if (signal.aborted) void limiter.leave(request.route, lease).catch(() => undefined)
        throw error
      } finally {
        place.leave()
      }
    },
  }
}

type Granted = Extract<Answer, { outcome: 'granted' }>

/** Gives a turn back whole that nobody wants any more. */
async function refuse(turn: Turn, signal: AbortSignal): Promise<never> {
  // Not heard, it expires by itself.
  await turn.fail('unsent').catch(() => undefined)
  signal.throwIfAborted()
  throw new Error('nobody wants this turn any more')
}

interface Asking {
  limiter: Limiter
  gate: Gate
  lease: string
  request: TurnRequest
  options: AdmissionOptions
}

async function askUntilGranted(
  asking: Asking,
  signal: AbortSignal,
): Promise<{ answer: Granted; size: CallSize }> {
  const { gate, request, options } = asking
  const { pollMs = POLL_MS, random = Math.random } = options
  const patienceMs = request.patienceMs ?? Number.POSITIVE_INFINITY
  for (;;) {
    const size = sizeOf(request.grown?.() ?? request)
    const answer = await askOnce(asking, { ...size, patienceMs, pollMs }, signal)
    if (answer.outcome === 'granted') return { answer, size }
    const wait = { waitMs: answer.waitMs, because: answer.because }
    gate.line.tell(wait)
    options.onWait?.(gate.route, wait)
    if (answer.waitMs > patienceMs) throw new MustWait(answer.waitMs, answer.because)
    const restMs = Math.min(answer.waitMs, pollMs) + random() * SPREAD_MS
    await gate.sleeper.sleep(restMs, signal, answer.because === 'concurrency')
  }
}

function sizeOf({ characters, maxOutputTokens, types }: CallSize): CallSize {
  return { characters, maxOutputTokens, types }
}

async function askOnce(
  { limiter, lease, request: { route, ttlMs } }: Asking,
  bounds: CallSize & { patienceMs: number; pollMs: number },
  signal: AbortSignal,
): Promise<Answer> {
  const asked = limiter.acquire(route, { lease, ttlMs, ...bounds })
  try {
    return await unlessAborted(asked, signal)
  } catch (error) {
    // The answer may still come, and a grant that nobody uses goes back whole.
    if (signal.aborted) void giveBack(limiter, route, lease, asked)
    throw error
  }
}

async function giveBack(
  limiter: Limiter,
  route: Route,
  lease: string,
  asked: Promise<Answer>,
): Promise<void> {
  try {
    const answer = await asked
    if (answer.outcome === 'granted') await limiter.settle(route, lease, { kind: 'unsent' })
    else await limiter.leave(route, lease)
  } catch {
    // Redis is away: the lease and the place expire by themselves.
  }
}

function gateOf(gates: Map<string, Gate>, route: Route): Gate {
  const name = JSON.stringify([route.account, route.group, route.model])
  const gate = gates.get(name) ?? { route, line: waitingLine(), sleeper: sleeper() }
  gates.set(name, gate)
  return gate
}
