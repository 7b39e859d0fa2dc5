import { apiVersion, type ResourceType } from '@capstan/shared/contract/resource-type'
import { estimateTokens } from '@capstan/shared/inference/estimate-tokens'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { listFields, findMember } from './list-fields.ts'
import { resolveRef } from './resolve-ref.ts'
import { toText } from './json-schema.ts'
import { outlineFields } from './outline-fields.ts'
import type { TypeSchema, TypeSource } from './type-schema.ts'
import { withHiddenMark } from './with-hidden-mark.ts'

export interface Outline {
  outline: string
  outlineTokens: number
  truncated: boolean
  schemaPublished: boolean
}

/** Raise it with every change of the outline format: cached definitions of other revisions are not used. */
export const OUTLINE_REVISION = 2

const DESCRIPTION_LENGTH = 400
const MAX_STATUS = 14
const MAX_COLUMNS = 12
/** Fields in the status of nearly every type. */
const USUAL_STATUS = new Set(['atProvider', 'conditions', 'observedGeneration'])
const CUT = '(cut here to stay short; more fields exist)'
const UNPUBLISHED = 'Schema not published: nothing but names is known of the fields.'

/**
 * Creates the text about a type that the model reads: names, purpose, and the fields that a user fills in, within
 * `budgetTokens`. Cluster text is untrusted: it becomes single lines of limited length without invisible characters.
 */
export function makeOutline(type: ResourceType, source: TypeSource, budgetTokens: number): Outline {
  const { schema } = source
  const head = [...formatHead(type, source), ...formatDescription(schema)]
  const status = schema ? formatStatus(schema) : []
  const fixed = estimateTokens([...head, ...status, CUT, UNPUBLISHED].join('\n'))
  const { lines, truncated } = schema
    ? outlineFields(schema, budgetTokens - fixed)
    : { lines: [], truncated: false }
  const schemaPublished = lines.length + status.length > 0
  const outline = [
    ...head,
    ...(schemaPublished ? [] : [UNPUBLISHED]),
    ...lines,
    ...status,
    ...(truncated ? [CUT] : []),
  ].join('\n')
  return { outline, outlineTokens: estimateTokens(outline), truncated, schemaPublished }
}

function formatHead(type: ResourceType, source: TypeSource): string[] {
  const version = toPlainText(apiVersion(type), 200)
  const lists: [string, string[]][] = [
    ['Names', [type.plural, ...type.shortNames]],
    ['Categories', type.categories],
    ['Operator', source.operator === undefined ? [] : [source.operator]],
    ['Subresources', source.subresources.filter((name) => name !== 'status').toSorted()],
    [
      'Columns',
      (source.printerColumns ?? [])
        .map(({ name }) => name)
        .filter(isInformative)
        .slice(0, MAX_COLUMNS),
    ],
  ]
  return [
    `${toPlainText(type.kind, 120)} (${version}, ${type.scope.toLowerCase()})`,
    ...lists.flatMap(([label, values]) => {
      const clean = values
        .map((value) => withHiddenMark(toPlainText(value, 80), value))
        .filter((value) => value !== '')
      return clean.length > 0 ? [`${label}: ${clean.join(', ')}`] : []
    }),
  ]
}

function formatDescription(schema: TypeSchema | undefined): string[] {
  if (!schema) return []
  const { description } = resolveRef(schema.root, schema.named).schema
  const whole = toText(description)
  const clean = withHiddenMark(toPlainText(withoutBoilerplate(whole), DESCRIPTION_LENGTH), whole)
  return clean === '' ? [] : [`Description: ${clean}`]
}

/** Removes the description that generators write by default. */
function withoutBoilerplate(description: string): string {
  return description.replace(/^\s*\S+ is the Schema for the \S+ API\.?/i, '')
}

/** Nearly every type has an age column. */
function isInformative(column: string): boolean {
  return column.toLowerCase() !== 'age'
}

function formatStatus({ root, named }: TypeSchema): string[] {
  const status = findMember(resolveRef(root, named), 'status', named)
  const names = (status ? listFields(status, named) : [])
    .map(({ name }) => name)
    .filter((name) => !USUAL_STATUS.has(name))
  if (names.length === 0) return []
  const shown = names.slice(0, MAX_STATUS).map((name) => toPlainText(name, 60))
  return [`Status: ${shown.join(', ')}${names.length > MAX_STATUS ? ', …' : ''}`]
}
