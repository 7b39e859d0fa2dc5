import { createDemoModel } from '@capstan/demo-rules/demo-model'
import { NOTHING_SPENT } from './ledger.ts'
import type { CallRequest, CallResult } from './model-call.ts'

/** Answers with the demo rules, which need no account. */
export async function answerByRules({ route, question, signal }: CallRequest): Promise<CallResult> {
  const answer = await createDemoModel(route.model).ask(question, signal)
  return { answer, spent: NOTHING_SPENT, sharedWith: 0 }
}
