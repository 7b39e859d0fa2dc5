import { toText, type JsonSchema } from '../reduce/json-schema.ts'
import { fulfilsBounds, readNumber } from './fulfils-bounds.ts'
import { generateText } from './pattern/generate-text.ts'
import { parsePattern } from './pattern/parse-pattern.ts'

const FORMATS: Record<string, string> = {
  'date-time': '2026-01-01T00:00:00Z',
  date: '2026-01-01',
  duration: '5m',
  email: 'user@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  cidr: '192.0.2.0/24',
  mac: '00:00:5e:00:53:01',
  uuid: '00000000-0000-4000-8000-000000000000',
  uri: 'https://example.com',
  url: 'https://example.com',
  byte: 'ZXhhbXBsZQ==',
  'int-or-string': '1',
  semver: '1.0.0',
  color: '#336699',
  isbn: '978-3-16-148410-0',
}
/** Texts that many patterns accept. */
const USUAL = [
  'example',
  'example.com',
  'https://example.com',
  '1',
  '1Gi',
  '5m',
  '5m0s',
  '192.0.2.1',
  '192.0.2.0/24',
  'example.com/example:1.0',
  'v1.0.0',
  '1.0.0',
  'EXAMPLE',
  'Example',
  'user@example.com',
  '2026-01-01T00:00:00Z',
]

export interface ChosenText {
  text: string
  /** Why the text may be invalid. */
  doubt?: 'pattern' | 'length'
}

/** Returns a text for a schema: of its format, a usual one, or one that is generated from its pattern. */
export function chooseTextValue(schema: JsonSchema, place: number): ChosenText {
  const suffix = place === 0 ? '' : `-${place + 1}`
  const format = FORMATS[toText(schema['format'])]
  const candidates = format === undefined ? USUAL : [format, ...USUAL]
  const source = toText(schema['pattern'])
  const pattern = source === '' ? undefined : parsePattern(source)
  if (source !== '' && pattern === undefined)
    return { text: `${candidates[0]}${suffix}`, doubt: 'pattern' }
  const found = candidates
    .map((text) => `${text}${suffix}`)
    .find((text) => fulfilsBounds(text, schema))
  if (found !== undefined) return { text: found }
  const min = readNumber(schema, 'minLength', 0)
  const max = readNumber(schema, 'maxLength', Infinity)
  if (pattern === undefined) return fitLength(`example${suffix}`, min, max)
  const text = generateText(pattern, { min: min + place, max })
  return text === undefined ? { text: 'example', doubt: 'pattern' } : { text }
}

/** Longest text that is made of repetitions. */
const MAX_LENGTH = 1_000

function fitLength(text: string, min: number, max: number): ChosenText {
  if (min > MAX_LENGTH) return { text, doubt: 'length' }
  const long = text.repeat(Math.ceil(Math.max(1, min / text.length)))
  // The end of a text is what makes it different from others.
  const padded = long.slice(0, Math.max(min, text.length))
  return { text: padded.slice(Math.max(0, padded.length - max)) }
}
