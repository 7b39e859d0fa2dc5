import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { chooseFields, formatShownLines } from './choose-fields.ts'
import { listFields, findMember, type Field } from './list-fields.ts'
import { resolveRef, type NamedSchemas, type ResolvedSchema } from './resolve-ref.ts'
import type { TypeSchema } from './type-schema.ts'
import { findWellKnownShape } from './find-well-known-shape.ts'

const OF_EVERY_OBJECT = new Set(['apiVersion', 'kind', 'metadata', 'status'])
/** Not listed: every managed resource of Crossplane has them. */
const NOT_IN_REST = new Set(['forProvider', 'initProvider'])
const MAX_REST = 12

/** The fields that a user fills in, and lines for the other fields. */
interface Section {
  heading: string
  fields: Field[]
  rest: string[]
}

/** The heading and the field lines of a type. */
export function outlineFields(
  { root, named }: TypeSchema,
  budgetTokens: number,
): { lines: string[]; truncated: boolean } {
  const { heading, fields, rest } = chooseSection(resolveRef(root, named), named)
  if (fields.length === 0) return { lines: rest, truncated: false }
  const { shown, truncated } = chooseFields(fields, named, budgetTokens)
  return { lines: [heading, ...formatShownLines(shown), ...rest], truncated }
}

function chooseSection(object: ResolvedSchema, named: NamedSchemas): Section {
  const top = listFields(object, named).filter(({ name }) => !OF_EVERY_OBJECT.has(name))
  const spec = findMember(object, 'spec', named)
  const inSpec = spec ? listFields(spec, named) : []
  if (!spec || inSpec.length === 0) {
    return { heading: 'Fields (* required):', fields: top, rest: [] }
  }
  const forProvider = findMember(spec, 'forProvider', named)
  if (forProvider) return createManagedSection(listFields(forProvider, named), inSpec)
  const others = top.filter(({ name }) => name !== 'spec')
  return {
    heading: 'Fields of spec (* required):',
    fields: inSpec,
    rest: formatNames('Beside spec', others),
  }
}

/** The relevant fields of a managed resource are in spec.forProvider; the others are the same for all of them. */
function createManagedSection(fields: Field[], inSpec: Field[]): Section {
  const own = fields.filter((field) => !isCrossReference(field))
  const references = fields.length - own.length
  return {
    heading: 'Fields of spec.forProvider (* required):',
    fields: own,
    rest: [
      ...(references > 0 ? [`References and selectors to other resources: ${references}`] : []),
      ...formatNames(
        'Beside forProvider',
        inSpec.filter(({ name }) => !NOT_IN_REST.has(name)),
      ),
    ],
  }
}

function isCrossReference({ name, schema }: Field): boolean {
  if (name.endsWith('Refs')) return true
  const shape = findWellKnownShape(schema)
  return (
    (name.endsWith('Ref') && shape === 'Ref') || (name.endsWith('Selector') && shape === 'Selector')
  )
}

function formatNames(label: string, fields: Field[]): string[] {
  if (fields.length === 0) return []
  const names = fields.slice(0, MAX_REST).map(({ name }) => toPlainText(name, 60))
  return [`${label}: ${names.join(', ')}${fields.length > MAX_REST ? ', …' : ''}`]
}
