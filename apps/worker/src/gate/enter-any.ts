import { MaxWaitError } from '@capstan/limits/admission/max-wait-error'
import type {
  Admission,
  PermitRequest,
  Limiter,
  Permit,
  AdmissionRequest,
} from '@capstan/limits/types'
import { LONGEST_WAIT_MS } from '../time-limits.ts'
import type { Account } from './account.ts'
import { lookAtAccounts, rankStandings, type Entering } from './rank-accounts.ts'

/**
 * Waiting here holds a slot and asks Redis no more than once for all waiting calls of the process; giving up
 * costs two events and another claim. So only a wait that is long for a person is not sat through.
 */
const PATIENCES_MS = { usual: LONGEST_WAIT_MS, none: 0 } as const

export interface Wanted extends PermitRequest, Pick<AdmissionRequest, 'onWait' | 'resize'> {
  model: string
  patience?: 'none' | undefined
}

export interface Entered {
  account: Account
  turn: Permit
}

type Enter = (account: Account, withinMs: number, until: AbortSignal) => Promise<Entered>

const entering: Entering = new WeakMap()

function noteEntering(account: Account, change: 1 | -1): void {
  entering.set(account, (entering.get(account) ?? 0) + change)
}

/**
 * A turn at the account with the most room for its weight that has one now, else at the one that has one first.
 * Late binding: the account is chosen when the call is about to start. Throws MaxWaitError when all are too far off.
 */
export async function enterAny(
  { admission, limiter }: { admission: Admission; limiter: Pick<Limiter, 'snapshot'> },
  accounts: Account[],
  { model, patience, ...ask }: Wanted,
  signal: AbortSignal,
): Promise<Entered> {
  const enter: Enter = async (account, withinMs, until) => {
    const limitKey = { account: account.name, model }
    // A call that does not wait does not grow.
    const resize = withinMs > 0 ? ask.resize : ask.resize && { ...ask.resize, estimate: () => ask }
    const turn = await admission.acquire({ limitKey, ...ask, resize, maxWaitMs: withinMs }, until)
    return { account, turn }
  }
  const patienceMs = PATIENCES_MS[patience ?? 'usual']
  const [only] = accounts
  if (only && accounts.length === 1) return enter(only, patienceMs, signal)

  const standings = await lookAtAccounts(limiter, accounts, model)
  for (const { account } of rankStandings(standings, entering)) {
    noteEntering(account, 1)
    try {
      return await enter(account, 0, signal)
    } catch (error) {
      if (!(error instanceof MaxWaitError)) throw error
    } finally {
      noteEntering(account, -1)
    }
  }
  return enterFirst(enter, accounts, patienceMs, signal)
}

/**
 * Stands in the lines of all accounts and takes the turn that comes first: in one line alone a call would wait on
 * while another account has room again.
 */
async function enterFirst(
  enter: Enter,
  accounts: Account[],
  patienceMs: number,
  signal: AbortSignal,
): Promise<Entered> {
  const chosen = new AbortController()
  const until = AbortSignal.any([signal, chosen.signal])
  const entering = accounts.map((account) => enter(account, patienceMs, until))
  try {
    const first = await Promise.any(entering)
    for (const other of entering) void giveBack(other, first)
    return first
  } catch (error) {
    throw error instanceof AggregateError ? nearest(error.errors) : error
  } finally {
    chosen.abort('another account had room first')
  }
}

/** A turn that came a moment later than the first; nothing of it is used. */
async function giveBack(entering: Promise<Entered>, first: Entered): Promise<void> {
  const other = await entering.catch(() => undefined)
  // Not heard, it expires by itself.
  if (other && other !== first) await other.turn.fail('unsent').catch(() => undefined)
}

/** Why no account could be entered: a fault if there was one, else the shortest of the waits. */
function nearest(errors: unknown[]): unknown {
  const waits = errors.filter((error) => error instanceof MaxWaitError)
  const fault = errors.find((error) => !(error instanceof MaxWaitError))
  return fault ?? waits.toSorted((a, b) => a.waitMs - b.waitMs)[0]
}
