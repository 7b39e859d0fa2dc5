import { z } from 'zod'
import type { AnswerReading } from './found-object.ts'

export interface LabeledElement {
  label: string
  /** Not validated. */
  answer: unknown
}

export interface LabeledReading extends AnswerReading {
  elements: LabeledElement[]
}

const Element = z.object({ label: z.string(), answer: z.unknown() })

/**
 * Reads the elements with `label` and `answer` in a JSON value, also in nested lists and objects. Undefined when it has none of
 * the labels. An object with one member per label is not accepted, because JSON.parse hides duplicate members.
 */
export function readLabeled(
  value: unknown,
  labels: string[],
  find: (text: string) => LabeledReading[],
): LabeledReading | undefined {
  const elements = findElements(value, find)
  return elements.some(({ label }) => labels.includes(label))
    ? { isAnswer: true, elements }
    : undefined
}

function findElements(value: unknown, find: (text: string) => LabeledReading[]): LabeledElement[] {
  if (typeof value === 'string') {
    return value.includes('{') ? find(value).flatMap(({ elements }) => elements) : []
  }
  if (typeof value !== 'object' || value === null) return []
  const element = Element.safeParse(value)
  if (element.success) return [element.data]
  return Object.values(value).flatMap((inner) => findElements(inner, find))
}
