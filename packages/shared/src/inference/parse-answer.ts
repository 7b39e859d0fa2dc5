import { InferredCapability } from '../contract/capability.ts'
import { plainText } from '../text/plain-text.ts'

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
  const parsed = InferredCapability.safeParse(cleaned(json))
  if (parsed.success) return { outcome: 'valid', value: parsed.data }
  return {
    outcome: 'invalid',
    faults: parsed.error.issues.map(
      (issue) => `${issue.path.join('.') || 'answer'}: ${issue.message}`,
    ),
  }
}

function unfenced(text: string): string {
  const fenced = /^\s*```(?:json)?\s*\n([\s\S]*?)\n\s*```\s*$/.exec(text)
  return fenced?.[1] ?? text
}

/** A copy with clean strings and a lower-case `complexity`; models change the case of enums. */
function cleaned(json: unknown): unknown {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return json
  const entries = Object.entries(json).map(([name, value]): [string, unknown] => {
    if (name === 'complexity' && typeof value === 'string')
      return [name, value.trim().toLowerCase()]
    return [name, cleanValue(value)]
  })
  return Object.fromEntries(entries)
}

function cleanValue(value: unknown): unknown {
  if (typeof value === 'string') return plainText(value)
  return Array.isArray(value) ? value.map(cleanValue) : value
}
