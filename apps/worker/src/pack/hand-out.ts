import { NO_USAGE } from '@capstan/shared/contract/usage'
import { ItemError } from '@capstan/shared/errors'
import { parseMultiTypeAnswer } from '@capstan/shared/inference/parse-multi-type-answer'
import type { ModelAnswer } from '@capstan/shared/inference/types'
import type { Pack } from './pack.ts'
import { splitUsage } from '@capstan/shared/inference/split-usage'

/** Gives everybody who is still there the own part of the answer, and a share of its tokens. */
export function handOut(pack: Pack, answer: ModelAnswer): void {
  const { asked, labels } = pack.closed ?? { asked: pack.members, labels: [] }
  const [first] = asked
  if (first && asked.length === 1) {
    first.resolve({ outcome: 'answered', answer, packedWith: 0 })
    return
  }
  // What was cut off or refused is nobody's answer.
  const texts = parseMultiTypeAnswer(answer.stop === 'end' ? answer.text : '', labels)
  // Who has left is not charged any more, so those who stay share all of it.
  const parts = asked
    .map((member, index) => ({ member, text: texts[index] }))
    .filter(({ member }) => pack.members.includes(member))
  const usages = splitUsage(
    answer.usage,
    parts.map(({ member, text = '' }) => ({
      asked: member.definition.outline.length,
      answered: text.length,
    })),
  )
  for (const [index, { member, text }] of parts.entries()) {
    const usage = usages[index] ?? NO_USAGE
    member.resolve(
      text === undefined
        ? { outcome: 'unanswered', usage }
        : {
            outcome: 'answered',
            answer: { ...answer, text, usage },
            packedWith: asked.length - 1,
          },
    )
  }
}

/** A fault of the provider is that of all; what is wrong with a question may be the fault of one of them. */
export function giveUp(pack: Pack, error: unknown): void {
  const isShared = (pack.closed?.asked.length ?? 1) > 1
  const mayBeOneOfThem = isShared && error instanceof ItemError && error.policy === 'fail'
  for (const { resolve, reject } of pack.members) {
    if (mayBeOneOfThem) resolve({ outcome: 'unanswered', usage: NO_USAGE })
    else reject(error)
  }
}
