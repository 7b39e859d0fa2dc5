import { buildQuestion } from '@capstan/shared/inference/prompt'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { readAccountLimits } from '../src/accounts/account-limits.ts'
import { createLedger } from '../src/call/ledger.ts'
import type {
  AdmittedCall,
  CallItem,
  CallProgress,
  CallRequest,
  CallResult,
  ItemRequest,
} from '../src/call/model-call.ts'
import type { CallTarget } from '../src/accounts/account.ts'

const ROUTE = { provider: 'anthropic', model: 'test-model' } as const

/** Progress without a reader. */
export const SILENT: CallProgress = {
  wait: () => undefined,
  sent: () => undefined,
  end: () => undefined,
  loseLease: () => undefined,
  note: () => undefined,
}

export function makeTarget(name = 'test'): CallTarget {
  const unused = (): never => {
    throw new Error('no model is called here')
  }
  const limits = readAccountLimits('anthropic', '')
  const account = { name, provider: 'anthropic', limits, model: unused, batches: unused } as const
  return { account, dialect: undefined, isProven: true }
}

export function makeAdmitted(target = makeTarget()): AdmittedCall {
  const reserved = { requests: 1, 'input-tokens': 50, 'output-tokens': 20, tokens: 1_600 }
  return { target, permit: { lease: 'lease', reserved }, begunAt: 0 }
}

export function makeRequest(change: Partial<CallRequest> = {}): CallRequest {
  return {
    route: ROUTE,
    question: buildQuestion({ outline: 'Thing (example.com/v1, namespaced)' }),
    signal: new AbortController().signal,
    progress: SILENT,
    maxWaitMs: 30_000,
    kind: 'first',
    ...change,
  }
}

/** A request for the answer about one type, in the first attempt of a scan. */
export function makeItemRequest(change: Partial<ItemRequest> = {}): ItemRequest {
  const definition = makeDefinition('Thing')
  const scan = {
    id: 'scan_1',
    ...ROUTE,
    mode: 'incremental',
    execution: 'calls',
    curated: false,
    price: null,
  }
  const entry = { resource: 'things.example.com', contentKey: 'key', estimatedTokens: 100 }
  const claim = { outcome: 'claimed', epoch: 1, attempt: 1, scan, entry }
  const item = { claim, definition, worker: 'w', startedAtMs: 0 } as unknown as CallItem // as stages read it
  return { ...makeRequest(), route: { ...ROUTE, price: null, contentKey: 'key' }, item, ...change }
}

/** An answer that used so many tokens each way. */
export function makeResult(text: string, tokens = 10): CallResult {
  const usage = { inputTokens: tokens, cachedTokens: 0, outputTokens: tokens }
  const answer = { text, stop: 'end', usage, requestId: null, durationMs: 1 } as const
  return { answer, spent: createLedger(), sharedWith: 0 }
}

/** The same with the ledger entry of its call. */
export function makePaidResult(text: string, tokens = 10): CallResult {
  const result = makeResult(text, tokens)
  const { usage } = result.answer
  return {
    ...result,
    spent: createLedger({
      route: ROUTE,
      target: null,
      kind: 'first',
      source: 'call',
      outcome: 'answered',
      usage,
      durationMs: 1,
      sentAt: 0,
    }),
  }
}
