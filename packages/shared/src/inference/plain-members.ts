import { isNestedDeeply } from '../json/is-nested-deeply.ts'
import { plainText } from '../text/plain-text.ts'

/** A copy with clean strings and a lower-case `complexity`; models change the case of enums. Undefined when it is nested too deeply to copy. */
export function plainMembers(json: unknown): unknown {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return json
  if (isNestedDeeply(json)) return undefined
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
