import { NOTHING_SPENT } from './ledger.ts'
import type { CallRequest, CallResult } from './model-call.ts'

/** The end of the pipeline: one call of the SDK. */
export async function sendCall({
  route,
  question,
  signal,
  admitted,
}: CallRequest): Promise<CallResult> {
  if (!admitted) throw new Error('a call needs a permit')
  const { account, dialect } = admitted.target
  const answer = await account.model(route.model).ask(question, signal, dialect)
  return { answer, spent: NOTHING_SPENT, sharedWith: 0 }
}
