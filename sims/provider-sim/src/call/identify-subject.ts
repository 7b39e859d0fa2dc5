import { fencedDefinition } from '@capstan/demo-rules/fenced-definition'
import {
  parseSharedDefinitions,
  type LabelledDefinition,
} from '@capstan/demo-rules/parse-shared-definitions'
import { countSubjectAttempt } from './count-subject-attempt.ts'
import type { SimState } from './sim-state.ts'

export interface Subject {
  /** All definitions, when the prompt is about several types. */
  definition: string
  packed: LabelledDefinition[]
  /** How often it was requested, including this time; the maximum for several types. */
  attempt: number
  /** Fields of the call record. */
  facts: { subject: string; types: number; attempt: number }
}

/** Identifies the types of a prompt and counts the attempt. */
export function identifySubject(state: SimState, user: string): Subject {
  const packed = parseSharedDefinitions(user)
  const definitions =
    packed.length > 0 ? packed.map(({ definition }) => definition) : [fencedDefinition(user)]
  const attempt = Math.max(
    ...definitions.map((definition) => countSubjectAttempt(state, definition)),
  )
  const subject = definitions.map((definition) => definition.split('\n', 1)[0]).join('\n')
  return {
    definition: definitions.join('\n'),
    packed,
    attempt,
    facts: { subject, types: definitions.length, attempt },
  }
}
