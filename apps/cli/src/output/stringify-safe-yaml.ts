import { stringify } from 'yaml'
import { stripControlCharacters } from './strip-control-characters.ts'

/** Stringifies untrusted data as YAML, without characters that terminals interpret or hide. */
export function stringifySafeYaml(value: unknown): string {
  return stringify(cleanTexts(value), { lineWidth: 100, aliasDuplicateObjects: false })
}

function cleanTexts(value: unknown): unknown {
  if (typeof value === 'string') return stripControlCharacters(value)
  if (Array.isArray(value)) return value.map(cleanTexts)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [stripControlCharacters(key), cleanTexts(member)]),
  )
}
