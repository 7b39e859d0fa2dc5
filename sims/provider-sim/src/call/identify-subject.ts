import { extractDefinition } from '../answers/extract-definition.ts'
import {
  parseSharedDefinitions,
  type LabelledDefinition,
} from '../answers/parse-shared-definitions.ts'
import { countSubjectAttempt } from './count-subject-attempt.ts'
import type { SimState } from './sim-state.ts'

export interface Subject {
  /** All definitions, when the prompt is about several types. */
  definition: string
  labelled: LabelledDefinition[]
  /** How often the definition was requested, including this call; the maximum if there are several. */
  attempt: number
  /** Fields of the call record. */
  facts: { subject: string; types: number; attempt: number }
}

/** Identifies the types of a prompt and counts the attempt. */
export function identifySubject(state: SimState, user: string): Subject {
  const labelled = parseSharedDefinitions(user)
  const definitions =
    labelled.length > 0 ? labelled.map(({ definition }) => definition) : [extractDefinition(user)]
  const attempt = Math.max(
    ...definitions.map((definition) => countSubjectAttempt(state, definition)),
  )
  const subject = definitions.map((definition) => definition.split('\n', 1)[0]).join('\n')
  return {
    definition: definitions.join('\n'),
    labelled,
    attempt,
    facts: { subject, types: definitions.length, attempt },
  }
}
