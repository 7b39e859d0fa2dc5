import { isRecord } from '../json/is-record.ts'

type Schema = Record<string, unknown>

const BOUNDS = [
  { min: 'minItems', max: 'maxItems', unit: 'items' },
  { min: 'minLength', max: 'maxLength', unit: 'characters' },
  { min: 'minimum', max: 'maximum', unit: '' },
] as const
const REFUSED = new Set<string>(['$schema', ...BOUNDS.flatMap(({ min, max }) => [min, max])])

/**
 * Moves the bounds of a JSON schema into its descriptions. Strict modes reject the keywords but accept any `description`, and
 * models observe most of the described bounds.
 */
export function describeBounds(schema: Schema): Schema {
  const kept = Object.entries(schema)
    .filter(([keyword]) => !REFUSED.has(keyword))
    .map(([keyword, value]) => [keyword, describeWithin(value)] as const)
  const bounds = BOUNDS.flatMap((bound) => describeBound(schema, bound) ?? [])
  if (bounds.length === 0) return Object.fromEntries(kept)
  const { description } = schema
  const texts = typeof description === 'string' ? [description, ...bounds] : bounds
  return { ...Object.fromEntries(kept), description: texts.join(' ') }
}

function describeWithin(value: unknown): unknown {
  return Array.isArray(value) || !isRecord(value) ? value : describeBounds(value)
}

function describeBound(
  schema: Schema,
  { min, max, unit }: (typeof BOUNDS)[number],
): string | undefined {
  const [least, most] = [schema[min], schema[max]]
  if (typeof most !== 'number') return undefined
  const range = typeof least === 'number' ? `From ${least} to ${most}` : `At most ${most}`
  return `${range} ${unit}`.trim() + '.'
}
