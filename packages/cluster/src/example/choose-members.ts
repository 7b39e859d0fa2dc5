import { asTexts, isSchema } from '../reduce/json-schema.ts'
import type { ResolvedSchema } from '../reduce/resolve-ref.ts'
import { readNumber } from './fulfils-bounds.ts'

/** Members that an example has although the schema does not require them, by the members of their object. */
const SHAPES: readonly { of: readonly string[]; added: readonly string[] }[] = [
  { of: ['matchExpressions', 'matchLabels'], added: ['matchLabels'] },
  { of: ['command', 'env', 'image', 'volumeMounts'], added: ['image'] },
]
const TEMPLATE = new Set(['metadata', 'spec'])

/**
 * Returns the members of an object in an example: the required ones, `added` ones, those that make well-known shapes useful (the
 * labels of a selector, the image of a container), and as many others as the schema demands.
 */
export function chooseMembers({ schema }: ResolvedSchema, added: readonly string[]): string[] {
  const members = isSchema(schema['properties']) ? schema['properties'] : {}
  const names = Object.keys(members).toSorted()
  const ofShape = SHAPES.filter(({ of }) => of.every((name) => names.includes(name)))
  const chosen = new Set([
    ...asTexts(schema['required']).toSorted(),
    ...[...added, ...ofShape.flatMap((shape) => shape.added)].filter((name) =>
      names.includes(name),
    ),
    ...(isTemplate(names) ? names : []),
  ])
  for (const name of names) {
    if (chosen.size >= readNumber(schema, 'minProperties', 0)) break
    chosen.add(name)
  }
  return [...chosen]
}

/** An object that describes objects to create, such as the pods of a Deployment. */
export function isTemplate(names: readonly string[]): boolean {
  return names.length === TEMPLATE.size && names.every((name) => TEMPLATE.has(name))
}
