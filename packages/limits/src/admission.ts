import { randomUUID } from 'node:crypto'
import { MustWait } from './must-wait.ts'
import { asTurn } from './turn.ts'
import type {
  Admission,
  Answer,
  BreakerChange,
  CallSize,
  Limiter,
  LimitKey,
  Settled,
  Turn,
  TurnRequest,
  WaitReason,
} from './types.ts'
import { sleeper, type Sleeper } from './sleeper.ts'
import { withAbort } from '@capstan/shared/async/with-abort'
import { waitingLine, type WaitingLine } from './waiting-line.ts'

export interface AdmissionOptions {
  /** Told once of each change, in the process whose call brought it about. */
  onBreaker?: (limitKey: LimitKey, change: BreakerChange) => void
  /** Told at every look of the first in line: often of the same wait again. */
  onWait?: (limitKey: LimitKey, wait: { because: WaitReason; waitMs: number }) => void
  /** Longest time between two looks at the limits; things may get better sooner than foreseen. */
  pollMs?: number
  random?: () => number
}

/** The waiting callers of one limit key. */
interface Gate {
  limitKey: LimitKey
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
  const report = (
    limitKey: LimitKey,
    { breaker }: Settled | Extract<Answer, { outcome: 'granted' }>,
  ) => {
    if (breaker) options.onBreaker?.(limitKey, breaker)
  }
  const wakeGroup = ({ account, group }: LimitKey): void => {
    for (const { limitKey, sleeper: waiting } of gates.values()) {
      if (limitKey.account === account && limitKey.group === group) waiting.wake()
    }
  }
  const turnOf = (limitKey: LimitKey, lease: string, answer: Granted): Turn => {
    report(limitKey, answer)
    return asTurn(lease, answer, async (ending) => {
      try {
        report(limitKey, await limiter.settle(limitKey, lease, ending))
      } finally {
        wakeGroup(limitKey)
      }
    })
  }
  return {
    acquire: async (request, signal) => {
      signal.throwIfAborted()
      const gate = gateOf(gates, request.limitKey)
      const lease = randomUUID()
      const place = gate.line.join(request.patienceMs ?? Number.POSITIVE_INFINITY, request.onWait)
      try {
        await withAbort(place.first, signal)
        const granted = await askUntilGranted({ limiter, gate, lease, request, options }, signal)
        const turn = turnOf(request.limitKey, lease, granted.answer)
        if (request.accept?.(granted.size) === false) return await refuse(turn, signal)
        return turn
      } catch (error) {
        // Its place would hold up others until it expires.
        if (signal.aborted) void limiter.leave(request.limitKey, lease).catch(() => undefined)
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
    options.onWait?.(gate.limitKey, wait)
    if (answer.waitMs > patienceMs) throw new MustWait(answer.waitMs, answer.because)
    const restMs = Math.min(answer.waitMs, pollMs) + random() * SPREAD_MS
    await gate.sleeper.sleep(restMs, signal, answer.because === 'concurrency')
  }
}

function sizeOf({ characters, maxOutputTokens, types }: CallSize): CallSize {
  return { characters, maxOutputTokens, types }
}

async function askOnce(
  { limiter, lease, request: { limitKey, ttlMs } }: Asking,
  bounds: CallSize & { patienceMs: number; pollMs: number },
  signal: AbortSignal,
): Promise<Answer> {
  const asked = limiter.acquire(limitKey, { lease, ttlMs, ...bounds })
  try {
    return await withAbort(asked, signal)
  } catch (error) {
    // The answer may still come, and a grant that nobody uses goes back whole.
    if (signal.aborted) void giveBack(limiter, limitKey, lease, asked)
    throw error
  }
}

async function giveBack(
  limiter: Limiter,
  limitKey: LimitKey,
  lease: string,
  asked: Promise<Answer>,
): Promise<void> {
  try {
    const answer = await asked
    if (answer.outcome === 'granted') await limiter.settle(limitKey, lease, { kind: 'unsent' })
    else await limiter.leave(limitKey, lease)
  } catch {
    // Redis is away: the lease and the place expire by themselves.
  }
}

function gateOf(gates: Map<string, Gate>, limitKey: LimitKey): Gate {
  const name = JSON.stringify([limitKey.account, limitKey.group, limitKey.model])
  const gate = gates.get(name) ?? { limitKey, line: waitingLine(), sleeper: sleeper() }
  gates.set(name, gate)
  return gate
}
