import { InferredCapability } from '../../contract/inferred-capability.ts'
import { ANSWER_MEMBERS, coerceAnswer } from './coerce-answer.ts'
import { systemPrompt } from '../prompt.ts'
import type { AnswerReading } from './found-object.ts'

export interface CapabilityReading extends AnswerReading {
  /** Different valid answers in the value. Not exactly one: the value is not an answer. */
  answers: InferredCapability[]
  /** Faults of the answer, as text for the repair question. */
  faults: string[]
}

/** An object with at least this number of members is an intended answer. */
export const LEAST_MEMBERS = Math.ceil(ANSWER_MEMBERS.length / 2)

/** More objects in one value indicate a runaway answer. */
const MOST_READINGS = 100

/**
 * Reads the only answer in a JSON value: the object itself, or one in nested lists, objects and JSON strings. Undefined when the
 * value contains no intended answer. `find` parses a string.
 */
export function readCapability(
  value: unknown,
  find: (text: string) => CapabilityReading[],
): CapabilityReading | undefined {
  const readings: CapabilityReading[] = []
  for (const reading of readAll(value, find)) {
    if (readings.push(reading) === MOST_READINGS) break
  }
  if (readings.length === 0) return undefined
  const different = new Map(
    readings.flatMap(({ answers }) => answers).map((answer) => [JSON.stringify(answer), answer]),
  )
  const answers = [...different.values()]
  if (answers.length === 1) return { isAnswer: true, answers, faults: [] }
  const several = `${answers.length} different answers in one; give only one`
  const faults = answers.length > 1 ? [several] : readings.flatMap((reading) => reading.faults)
  return { isAnswer: false, answers, faults }
}

function* readAll(
  value: unknown,
  find: (text: string) => CapabilityReading[],
): Generator<CapabilityReading> {
  if (typeof value === 'string') {
    if (value.includes('{')) yield* find(value)
  } else if (typeof value === 'object' && value !== null) {
    if (isMeantAsAnswer(value)) yield validate(value)
    else for (const inner of Object.values(value)) yield* readAll(inner, find)
  }
}

function isMeantAsAnswer(value: object): boolean {
  const members = ANSWER_MEMBERS.filter((name) => Object.hasOwn(value, name))
  return members.length >= LEAST_MEMBERS
}

function validate(value: object): CapabilityReading {
  const { success, data, error } = InferredCapability.safeParse(coerceAnswer(value))
  if (!success) {
    const faults = error.issues.map(
      ({ path, message }) => `${path.join('.') || 'answer'}: ${message}`,
    )
    return { isAnswer: false, answers: [], faults }
  }
  return isPromptExample(data)
    ? {
        isAnswer: false,
        answers: [],
        faults: ['the answer repeats an example of the instructions'],
      }
    : { isAnswer: true, answers: [data], faults: [] }
}

/** Descriptions of the example answers in the prompt. Their types do not exist, so a valid answer has none of them. */
const DESCRIPTIONS: ReadonlySet<string> = new Set(
  [...systemPrompt.matchAll(/"description":"([^"]+)"/g)].map(([, text = '']) => text),
)

/** True when an answer repeats an example of the prompt. */
function isPromptExample({ description }: { description: string }): boolean {
  return DESCRIPTIONS.has(description)
}
