import { InferredCapability } from '../contract/capability.ts'
import { plainText } from '../text/plain-text.ts'
import { plainMembers } from './plain-members.ts'
import { unfenced } from './unfenced.ts'

export type ParsedAnswer =
  | { outcome: 'valid'; value: InferredCapability }
  /** What was wrong, in words that a repair question can carry. */
  | { outcome: 'invalid'; faults: string[] }

/**
 * Reads a model's answer: one JSON object, bare or in one code fence. The model is untrusted: control and
 * invisible characters are removed, unknown members dropped, and only the schema's own fields copied.
 */
export function parseAnswer(text: string): ParsedAnswer {
  let json: unknown
  try {
    json = JSON.parse(unfenced(text))
  } catch (error) {
    const why = error instanceof Error ? plainText(error.message, 120) : 'unknown'
    return { outcome: 'invalid', faults: [`the answer is not one JSON object: ${why}`] }
  }
  const parsed = InferredCapability.safeParse(plainMembers(json))
  if (parsed.success) return { outcome: 'valid', value: parsed.data }
  return {
    outcome: 'invalid',
    faults: parsed.error.issues.map(
      (issue) => `${issue.path.join('.') || 'answer'}: ${issue.message}`,
    ),
  }
}
