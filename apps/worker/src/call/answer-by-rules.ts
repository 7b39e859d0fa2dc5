import { createRuleBasedAnswer } from '@capstan/rule-based-answers/create-rule-based-answer'
import { NO_USAGE } from '@capstan/shared/contract/usage'
import { NOTHING_SPENT } from './ledger.ts'
import type { CallRequest, CallResult } from './model-call.ts'

/** Rule-based answers about an item of a scan, which need no account and no call. A provider check of `demo` asks nothing. */
export async function answerByRules({ item }: CallRequest): Promise<CallResult> {
  if (!item) throw new Error('a rule-based answer needs the definition of an item')
  const value = createRuleBasedAnswer(item.definition.outline)
  const text = JSON.stringify(value)
  const answer = { text, stop: 'end', usage: NO_USAGE, requestId: null, durationMs: 0 } as const
  return { answer, value, spent: NOTHING_SPENT, sharedWith: 0 }
}
