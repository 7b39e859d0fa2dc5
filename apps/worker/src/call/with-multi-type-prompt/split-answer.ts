import { NO_USAGE, type Usage } from '@capstan/shared/contract/usage'
import { ItemError } from '@capstan/shared/errors'
import { parseMultiTypeAnswer } from '@capstan/shared/inference/parse-multi-type-answer'
import { splitUsage } from '@capstan/shared/inference/split-usage'
import { ModelCallError, getCause, getSpent, UnusablePartError } from '../model-call-error.ts'
import { createLedger, type Ledger, type LedgerEntry } from '../ledger.ts'
import type { CallResult } from '../model-call.ts'
import type { PendingPrompt, PromptMember } from './pending-prompt.ts'

/** Splits the answer and its tokens among the requests that still need it. The first of them counts the calls. */
export function splitAnswer(prompt: PendingPrompt, result: CallResult): void {
  const { asked, labels } = prompt.sealed ?? { asked: prompt.members, labels: [] }
  const [first] = asked
  if (first && asked.length === 1) return first.resolve(result)
  const { answer, spent } = result
  // An answer that was cut off or refused has no parts.
  const texts = parseMultiTypeAnswer(answer.stop === 'end' ? answer.text : '', labels)
  const parts = asked
    .map((member, index) => ({ member, text: texts[index] }))
    .filter(({ member }) => prompt.members.includes(member))
  const usages = splitUsage(answer.usage, parts.map(measureMember))
  for (const [index, { member, text }] of parts.entries()) {
    const usage = usages[index] ?? NO_USAGE
    const own = splitLedger(spent, usage, index === 0)
    if (text === undefined) member.reject(new ModelCallError(new UnusablePartError(), own))
    else {
      const part = { ...answer, text, usage }
      member.resolve({ answer: part, spent: own, sharedWith: asked.length - 1 })
    }
  }
}

function measureMember({ member, text = '' }: { member: PromptMember; text: string | undefined }) {
  return { asked: member.request.item.definition.outline.length, answered: text.length }
}

function splitLedger({ calls }: Ledger, usage: Usage, isFirst: boolean): Ledger {
  const answered = calls.findLast(({ outcome }) => outcome === 'answered')
  const share = (call: LedgerEntry): LedgerEntry => ({
    ...call,
    source: isFirst ? call.source : 'shared',
    usage: call === answered ? usage : call.usage,
  })
  return createLedger(...calls.filter((call) => isFirst || call === answered).map(share))
}

/** A fault of the provider fails all requests of the prompt. A refused question may be the fault of one of them. */
export function failPrompt(prompt: PendingPrompt, error: unknown): void {
  const cause = getCause(error)
  const isShared = (prompt.sealed?.asked.length ?? 1) > 1
  const mayBeOneOfThem = isShared && cause instanceof ItemError && cause.policy === 'fail'
  for (const [index, { reject }] of prompt.members.entries()) {
    const own = mayBeOneOfThem ? new UnusablePartError() : cause
    reject(
      error instanceof ModelCallError
        ? new ModelCallError(own, computeFailedShare(error, index))
        : own,
    )
  }
}

function computeFailedShare(error: ModelCallError, index: number): Ledger {
  const spent = getSpent(error)
  if (index === 0) return spent
  return createLedger(
    ...spent.calls.map((call) => ({ ...call, source: 'shared' as const, usage: NO_USAGE })),
  )
}
