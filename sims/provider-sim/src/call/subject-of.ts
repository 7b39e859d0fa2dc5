import { fencedDefinition } from '@capstan/demo-rules/fenced-definition'
import { packedDefinitions, type Labelled } from '@capstan/demo-rules/packed-definitions'
import { nextAttempt } from './next-attempt.ts'
import type { SimState } from './sim-state.ts'

export interface Subject {
  /** All of them, when the question is about several types. */
  definition: string
  packed: Labelled[]
  /** How often it was asked about, this time included; of several types the most. */
  attempt: number
  /** For the record of the call. */
  facts: { subject: string; types: number; attempt: number }
}

/** What a question is about. Counts it as asked. */
export function subjectOf(state: SimState, user: string): Subject {
  const packed = packedDefinitions(user)
  const definitions =
    packed.length > 0 ? packed.map(({ definition }) => definition) : [fencedDefinition(user)]
  const attempt = Math.max(...definitions.map((definition) => nextAttempt(state, definition)))
  const subject = definitions.map((definition) => definition.split('\n', 1)[0]).join('\n')
  return {
    definition: definitions.join('\n'),
    packed,
    attempt,
    facts: { subject, types: definitions.length, attempt },
  }
}
