import { stringify } from 'yaml'

const CONTROL = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu

/** Stringifies untrusted data as YAML, without characters that terminals interpret or hide. */
export function stringifySafeYaml(value: unknown): string {
  return stringify(stripControlCharacters(value), { lineWidth: 100, aliasDuplicateObjects: false })
}

function stripControlCharacters(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(CONTROL, '')
  if (Array.isArray(value)) return value.map(stripControlCharacters)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key.replace(CONTROL, ''),
      stripControlCharacters(member),
    ]),
  )
}
