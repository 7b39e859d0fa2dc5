import { apiVersion, type ResourceType } from '@capstan/shared/contract/resource-type'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { formatTypeName } from '../reduce/format-type-name.ts'
import { asTexts, isSchema, toText, type JsonSchema } from '../reduce/json-schema.ts'
import { listFields } from '../reduce/list-fields.ts'
import { resolveRef, type ResolvedSchema } from '../reduce/resolve-ref.ts'
import type { TypeSchema } from '../reduce/type-schema.ts'
import { chooseMembers, isTemplate } from './choose-members.ts'
import { chooseNumber } from './choose-number.ts'
import { chooseTextValue } from './choose-text-value.ts'
import { describeMember } from './describe-member.ts'
import { toValue, type ExampleMember, type ExampleNode } from './example-node.ts'
import { readNumber } from './fulfils-bounds.ts'
import type { StepBudget } from './step-budget.ts'
import { isValid } from './is-valid.ts'
import { listAlternatives } from './list-alternatives.ts'

export interface BuiltExample {
  root: ExampleNode
  /** Fields whose value may be invalid, as paths. */
  doubts: string[]
}

/** State of one build. */
interface Build {
  type: ResourceType
  named: TypeSchema['named']
  doubts: Set<string>
  /** Nodes that may still be made. */
  nodes: number
  budget: StepBudget
}

/** The place of a node. */
interface Place {
  path: readonly string[]
  /** Index in its list, so that the items of a list differ. */
  index: number
  /** Members that its object has although they are not required. */
  added: readonly string[]
}

const MAX_NODES = 3_000
/** Enough for the largest types, and a second of CPU time at worst. */
const MAX_STEPS = 500_000
const MAX_DEPTH = 16
const MAX_ITEMS = 20
const MAX_MEMBERS = 200
const MAX_DEFAULT_LENGTH = 1_000
const MOST_OPTIONAL = 12
/** Readers of YAML 1.1 merge the value of this key, also in quotes, so no example has it. */
const MERGE_KEY = '<<'
const OF_EVERY_OBJECT = ['apiVersion', 'kind', 'metadata']

/** Builds the smallest object that fulfils the schema of a type. */
export function buildExample(type: ResourceType, { root, named }: TypeSchema): BuiltExample {
  const build: Build = {
    type,
    named,
    doubts: new Set(),
    nodes: MAX_NODES,
    budget: { steps: MAX_STEPS },
  }
  const place: Place = { path: [], index: 0, added: ['spec'] }
  const node = buildNode(build, resolveRef(root, named), place)
  return { root: node, doubts: [...build.doubts] }
}

/** Builds the first alternative that fulfils the whole schema. */
function buildNode(build: Build, resolved: ResolvedSchema, place: Place): ExampleNode {
  const known = new Set(build.doubts)
  let first: { node: ExampleNode; doubts: Set<string> } | undefined
  for (const alternative of listAlternatives(resolved, build.named, build.budget)) {
    if (first && build.nodes <= 0) break
    build.doubts = new Set(known)
    const node = buildAlternative(build, alternative, place)
    const isDoubtful = build.doubts.size > known.size
    if (!isDoubtful && isValid(toValue(node), resolved.schema, build)) return node
    first ??= { node, doubts: build.doubts }
  }
  const { node, doubts } = first ?? { node: EMPTY, doubts: known }
  build.doubts = doubts
  if (!isValid(toValue(node), resolved.schema, build)) addDoubt(build, place)
  return node
}

const EMPTY: ExampleNode = { kind: 'value', value: {} }

/** The cause is the innermost place. */
function addDoubt({ doubts }: Build, { path }: Place): void {
  const name = path.map((part) => toPlainText(part, 60)).join('.')
  if (![...doubts].some((known) => known.startsWith(name))) doubts.add(name || 'the whole object')
}

function buildAlternative(build: Build, resolved: ResolvedSchema, place: Place): ExampleNode {
  const { schema, refs } = resolved
  build.nodes -= 1
  const given = findGivenValue(schema)
  if (given !== undefined) return { kind: 'value', value: given }
  // A number of bytes or of cores.
  if (refs?.name.endsWith('.Quantity')) return { kind: 'value', value: '1' }
  switch (readType(schema)) {
    case 'object':
      return buildObject(build, resolved, place)
    case 'array':
      return buildList(build, resolved, place)
    case 'string':
      return buildText(build, schema, place)
    case 'integer':
    case 'number':
      return { kind: 'value', value: chooseNumber(schema, place.index) }
    case 'boolean':
      return { kind: 'value', value: false }
    default:
      return EMPTY
  }
}

/** The default, unless it is empty, or the first allowed value. */
function findGivenValue(schema: JsonSchema): unknown {
  const { default: value, enum: values, const: only } = schema
  if (isUsable(value)) return value
  if (only !== undefined) return only
  if (!Array.isArray(values)) return undefined
  return values.find((one: unknown) => one !== '' && one !== null) ?? values[0]
}

const EMPTY_VALUES = new Set(['null', '{}', '[]', '""'])

function isUsable(value: unknown): boolean {
  if (value === undefined) return false
  const text = JSON.stringify(value)
  const isEmpty = EMPTY_VALUES.has(text) || text.length > MAX_DEFAULT_LENGTH
  return !isEmpty && !text.includes(JSON.stringify(MERGE_KEY))
}

function readType(schema: JsonSchema): string {
  if (schema['x-kubernetes-int-or-string'] === true || schema['format'] === 'int-or-string')
    return 'integer'
  const type = toText(schema['type'])
  if (type !== '') return type
  if (isSchema(schema['properties'])) return 'object'
  if (isSchema(schema['items'])) return 'array'
  return ['pattern', 'format', 'minLength'].some((name) => name in schema) ? 'string' : ''
}

function buildText(build: Build, schema: JsonSchema, place: Place): ExampleNode {
  const { text, doubt } = chooseTextValue(schema, place.index)
  if (doubt !== undefined) addDoubt(build, place)
  return { kind: 'value', value: text }
}

function buildList(build: Build, { schema, refs }: ResolvedSchema, place: Place): ExampleNode {
  const items = isSchema(schema['items'])
    ? resolveRef(schema['items'], build.named, refs)
    : undefined
  const count = Math.min(
    // One item shows the form of a list, also where none is required.
    Math.max(1, readNumber(schema, 'minItems', 0)),
    readNumber(schema, 'maxItems', Infinity),
    MAX_ITEMS,
  )
  if (items === undefined || build.nodes <= 0 || place.path.length > MAX_DEPTH)
    return { kind: 'list', items: [] }
  const added = asTexts(schema['x-kubernetes-list-map-keys'])
  return {
    kind: 'list',
    items: Array.from({ length: count }, (_, index) =>
      buildNode(build, items, { path: [...place.path, String(index)], index, added }),
    ),
  }
}

function buildObject(build: Build, resolved: ResolvedSchema, place: Place): ExampleNode {
  const { schema, refs } = resolved
  if (place.path.length > MAX_DEPTH || build.nodes <= 0) return EMPTY
  const properties = isSchema(schema['properties']) ? schema['properties'] : {}
  const fields = new Map(listFields(resolved, build.named).map((field) => [field.name, field]))
  const chosen = chooseMembers(resolved, place.added).slice(0, MAX_MEMBERS)
  // Not all schemas list the members that every object has.
  const names = place.path.length > 0 ? chosen : [...new Set([...OF_EVERY_OBJECT, ...chosen])]
  const isOfTemplate = isTemplate(Object.keys(properties))
  const members = names
    .filter((name) => name !== MERGE_KEY)
    .map((name): ExampleMember => {
      const field = fields.get(name) ?? { schema: {}, refs }
      const added = isOfTemplate && name === 'metadata' ? ['labels'] : []
      const its: Place = { path: [...place.path, name], index: place.index, added }
      const given = findMetadata(build, name, place, field)
      const comments = given ? [] : describeMember(field.schema)
      return { name, comments, node: given ?? buildNode(build, field, its) }
    })
  members.push(...buildEmbedded(schema, names), ...buildEntries(build, resolved, place, names))
  const isListed = place.path.length === 0 || place.path.join('.') === 'spec'
  const optional = isListed ? listOptional(build, resolved, names) : []
  return { kind: 'object', members, optional }
}

/** The members that every object has, and those that name an object of a template. */
function findMetadata(
  build: Build,
  name: string,
  { path }: Place,
  field: ResolvedSchema,
): ExampleNode | undefined {
  if (path.length > 0) return undefined
  if (name === 'apiVersion') return { kind: 'value', value: apiVersion(build.type) }
  if (name === 'kind') return { kind: 'value', value: build.type.kind }
  if (name !== 'metadata') return undefined
  const members = isSchema(field.schema['properties']) ? field.schema['properties'] : {}
  const nameSchema = isSchema(members['name']) ? members['name'] : { type: 'string' }
  const { text } = chooseTextValue(resolveRef(nameSchema, build.named).schema, 0)
  const named: ExampleMember[] = [
    { name: 'name', comments: [], node: { kind: 'value', value: text } },
  ]
  if (build.type.scope === 'Namespaced')
    named.push({ name: 'namespace', comments: [], node: { kind: 'value', value: 'default' } })
  return { kind: 'object', members: named, optional: [] }
}

/** An embedded object needs a type and a name of its own. */
function buildEmbedded(schema: JsonSchema, names: readonly string[]): ExampleMember[] {
  if (schema['x-kubernetes-embedded-resource'] !== true) return []
  const values = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'example' } }
  return Object.entries(values)
    .filter(([name]) => !names.includes(name))
    .map(([name, value]) => ({ name, comments: [], node: { kind: 'value', value } }))
}

/** Entries of a map: as many as it needs, or one label where labels are expected. */
function buildEntries(
  build: Build,
  { schema, refs }: ResolvedSchema,
  { path, index }: Place,
  names: readonly string[],
): ExampleMember[] {
  const values = schema['additionalProperties']
  const isLabels = ['labels', 'matchLabels'].includes(path.at(-1) ?? '')
  const needed = readNumber(schema, 'minProperties', isLabels ? 1 : 0) - names.length
  if (!isSchema(values) || needed <= 0) return []
  const content = resolveRef(values, build.named, refs)
  return Array.from({ length: Math.min(needed, MAX_ITEMS) }, (_, entry) => {
    const name = `${isLabels ? 'app' : 'example'}${entry === 0 ? '' : `-${entry + 1}`}`
    const its: Place = { path: [...path, name], index, added: [] }
    return { name, comments: [], node: buildNode(build, content, its) }
  })
}

function listOptional(build: Build, resolved: ResolvedSchema, names: readonly string[]): string[] {
  const left = listFields(resolved, build.named).filter(
    ({ name }) => !names.includes(name) && name !== 'status',
  )
  if (left.length === 0) return []
  const shown = left
    .slice(0, MOST_OPTIONAL)
    .map((field) => `  ${toPlainText(field.name, 60)}: ${formatTypeName(field, build.named)}`)
  const rest = left.length - shown.length
  return ['Optional:', ...shown, ...(rest > 0 ? [`  and ${rest} more`] : [])]
}
