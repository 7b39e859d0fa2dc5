import type { JsonSchema } from '../reduce/json-schema.ts'
import { fulfilsBounds, readNumber } from './fulfils-bounds.ts'

/** Returns a number within the bounds of its schema: 1 where it is allowed, otherwise the closest bound. */
export function chooseNumber(schema: JsonSchema, place: number): number {
  const step = readNumber(schema, 'multipleOf', 1)
  const isWhole = schema['type'] !== 'number'
  const from = Math.max(
    readNumber(schema, 'minimum', 1),
    readNumber(schema, 'exclusiveMinimum', -Infinity),
  )
  const to = Math.min(
    readNumber(schema, 'maximum', Infinity),
    readNumber(schema, 'exclusiveMaximum', Infinity),
  )
  const near = [
    1,
    from,
    from + 1,
    Math.ceil(from / step) * step,
    (Math.floor(from / step) + 1) * step,
  ]
  const far = [0, to, to - 1, (from + to) / 2, Math.floor(to / step) * step]
  const candidates = [...near, ...far].map((value) => value + place * step)
  const allowed = candidates.filter((value) => !isWhole || Number.isSafeInteger(value))
  return allowed.find((value) => fulfilsBounds(value, schema)) ?? 1
}
