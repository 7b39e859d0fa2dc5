import { stringify } from 'yaml'

const CONTROL = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu

/** YAML of untrusted data, without the characters a terminal would obey or hide. */
export function safeYaml(value: unknown): string {
  return stringify(visible(value), { lineWidth: 100, aliasDuplicateObjects: false })
}

function visible(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(CONTROL, '')
  if (Array.isArray(value)) return value.map(visible)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key.replace(CONTROL, ''), visible(member)]),
  )
}
