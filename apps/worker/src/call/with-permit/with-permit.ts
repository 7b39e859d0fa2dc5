import type { Provider } from '@capstan/shared/contract/provider'
import type { Question } from '@capstan/shared/inference/types'
import type { Admission, CallSize, Limiter, Permit } from '@capstan/limits/types'
import type { Log } from '@capstan/shared/log'
import { withTimeout } from '@capstan/shared/async/with-timeout'
import { acquirePermit, type PermitWait } from './acquire-permit.ts'
import { boundBreakerWait } from './bound-breaker-wait.ts'
import { getSpent } from '../model-call-error.ts'
import { getLastCall } from '../ledger.ts'
import type {
  AdmittedCall,
  CallRequest,
  CallResult,
  ResizableQuestion,
  Stage,
} from '../model-call.ts'

interface PermitDeps {
  admission: Admission
  limiter: Pick<Limiter, 'snapshot'>
  /** Called with the time that the call waited. */
  onAdmitted: (provider: Provider, waitedMs: number) => void
  /** How long the lease of a permit lasts: longer than the call, so that its slot is not free while it runs. */
  ttlMs: number
  log: Log
}

const SETTLE_MS = 10_000

/**
 * Waits until the limits of an account admit the call, and settles the permit with what the call used. Throws MaxWaitError when
 * the wait is longer than `maxWaitMs`.
 */
export function withPermit(deps: PermitDeps): Stage {
  return (next) => async (request) => {
    const { permit, ...admitted } = await admit(deps, request)
    try {
      const result = await next({ ...request, ...admitted })
      await settle(deps, settleAnswered(permit, request, result))
      return result
    } catch (error) {
      await release(deps, permit, error)
      throw error
    }
  }
}

interface Admitted {
  permit: Permit
  question: Question
  admitted: AdmittedCall
}

async function admit(deps: PermitDeps, request: CallRequest): Promise<Admitted> {
  const { route, targets = [] } = request
  const begunAt = performance.now()
  const accounts = targets.map(({ account }) => account)
  const { signal, wait, sealed, end } = openWait(deps, request)
  try {
    const { account, permit } = await acquirePermit(deps, accounts, wait, signal)
    deps.onAdmitted(route.provider, performance.now() - begunAt)
    const target = targets.find((one) => one.account === account)
    if (!target) throw new Error(`account ${account.name} is no target of the call`)
    return { permit, question: sealed(), admitted: { target, permit, begunAt } }
  } finally {
    end()
  }
}

/** The request for a permit, with the question that it is granted for. */
function openWait({ ttlMs }: PermitDeps, request: CallRequest) {
  const { route, question, resize, maxWaitMs, maxBreakerWaitMs, signal } = request
  const bound =
    maxBreakerWaitMs === undefined || maxWaitMs === 0
      ? undefined
      : boundBreakerWait(maxBreakerWaitMs, signal)
  const resizing = resize && openResize(resize, question)
  const wait: PermitWait = {
    model: route.model,
    ...measureCall(resize, question),
    ttlMs,
    maxWaitMs,
    ...resizing?.wait,
    onWait: (hint) => {
      resize?.wait(hint.because)
      bound?.onWait(hint)
    },
  }
  return {
    signal: bound?.signal ?? signal,
    wait,
    sealed: () => resizing?.sealed() ?? question,
    end: () => bound?.end(),
  }
}

function measureCall(resize: ResizableQuestion | undefined, question: Question) {
  const { system, user, maxOutputTokens, types } = question
  return resize?.estimate() ?? { characters: system.length + user.length, maxOutputTokens, types }
}

function openResize(resize: ResizableQuestion, question: Question) {
  let sealed = question
  return {
    sealed: () => sealed,
    wait: {
      resize: {
        estimate: () => resize.estimate(),
        seal: (granted: CallSize): boolean => {
          const fixed = resize.seal(granted)
          sealed = fixed ?? sealed
          return fixed !== undefined
        },
      },
    },
  }
}

function settleAnswered(
  permit: Permit,
  { isCheck }: CallRequest,
  { answer }: CallResult,
): Promise<void> {
  return permit.settle(isCheck ? undefined : answer.usage, answer.observed)
}

/** Settles the permit of a failed call, or releases it unused when the call was not sent. */
async function release(deps: PermitDeps, permit: Permit, error: unknown): Promise<void> {
  const failure = getLastCall(getSpent(error))?.failure
  if (failure) {
    const { kind, ...facts } = failure
    await settle(deps, permit.fail(kind, facts))
  }
  // If Redis is unreachable, the lease expires on its own.
  else await permit.fail('unsent').catch(() => undefined)
}

/** An unreachable Redis must not cost a paid answer; the lease then expires on its own. */
async function settle({ log }: PermitDeps, settling: Promise<void>): Promise<void> {
  await withTimeout(settling, SETTLE_MS, 'the limits').catch((error: unknown) =>
    log.warn({ err: error }, 'could not settle a permit; its lease will expire'),
  )
}
