import { isNestedDeeply } from '../json/is-nested-deeply.ts'
import { toPlainText } from '../text/to-plain-text.ts'

/** Copies an object with plain-text strings and a lower-case `complexity`, because models change the case of enums. Undefined when it is nested too deeply. */
export function cleanMembers(json: unknown): unknown {
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
  if (typeof value === 'string') return toPlainText(value)
  return Array.isArray(value) ? value.map(cleanValue) : value
}
