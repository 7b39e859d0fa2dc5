import { Document, isMap, Pair, Scalar, visit, YAMLMap, YAMLSeq, type Node } from 'yaml'
import { apiVersion, type ResourceType } from '@capstan/shared/contract/resource-type'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import type { TypeSchema } from '../reduce/type-schema.ts'
import { buildExample } from './build-example.ts'
import { listRules } from './describe-member.ts'
import type { ExampleMember, ExampleNode } from './example-node.ts'

/** Larger examples help no one, and come from schemas that were made to be large. */
const MAX_LENGTH = 65_536
const MOST_DOUBTS = 5
const SIMPLE_KEY = /^[A-Za-z_][\w.\-/]*$/

/**
 * Renders a minimal manifest of a type as YAML: its required fields with placeholders, and its descriptions as comments.
 * Cluster text in comments is plain text of one line, so that it never becomes a part of the manifest. Returns undefined for
 * an example that is too large.
 */
export function renderExample(
  type: ResourceType,
  schema: TypeSchema | undefined,
): string | undefined {
  const { root, doubts } = buildExample(type, schema ?? NO_SCHEMA)
  // Readers of YAML 1.1 take a plain `yes` for a truth value, so those texts get quotes.
  const document = new Document(undefined, { version: '1.1' })
  document.contents = toYaml(document, root)
  document.commentBefore = formatHead(type, schema, doubts)
  quoteOddText(document)
  const text = escapeHiddenText(document.toString({ lineWidth: 0 }))
  return text.length > MAX_LENGTH ? undefined : text
}

/** Characters that terminals interpret or do not show. */
const HIDDEN = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu

/** Only texts in double quotes can have escapes. */
function quoteOddText(document: Document): void {
  visit(document, {
    Scalar: (_key, scalar) => {
      const { value } = scalar
      if (typeof value === 'string' && value.search(HIDDEN) !== -1) scalar.type = 'QUOTE_DOUBLE'
    },
  })
}

/** Comments hold none of these characters, so each of them is inside double quotes. */
function escapeHiddenText(yaml: string): string {
  return yaml.replace(
    HIDDEN,
    (character) => `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`,
  )
}

const NO_SCHEMA: TypeSchema = {
  root: { type: 'object', properties: { apiVersion: {}, kind: {}, metadata: {} } },
  named: {},
}

function formatHead(type: ResourceType, schema: TypeSchema | undefined, doubts: string[]): string {
  const name = `${toPlainText(type.kind, 120)} (${toPlainText(apiVersion(type), 200)})`
  const shown = doubts.slice(0, MOST_DOUBTS).join(', ')
  const more = doubts.length > MOST_DOUBTS ? ` and ${doubts.length - MOST_DOUBTS} more` : ''
  return toComment([
    `A minimal ${name}. Replace the placeholders.`,
    ...(schema ? listRules(schema.root) : ['The cluster publishes no schema of its fields.']),
    ...(doubts.length > 0 ? [`Check the values that the schema restricts: ${shown}${more}`] : []),
  ])
}

function toYaml(document: Document, node: ExampleNode): Node {
  switch (node.kind) {
    case 'value':
      return document.createNode(node.value, { aliasDuplicateObjects: false })
    case 'list': {
      const list = new YAMLSeq()
      list.items = node.items.map((item) => toYaml(document, item))
      list.flow = list.items.length === 0
      return list
    }
    case 'object': {
      const map = new YAMLMap()
      map.items = node.members.map((member) => toPair(document, member))
      map.flow = map.items.length === 0
      if (node.optional.length > 0 && !map.flow) map.comment = toComment(node.optional)
      return map
    }
  }
}

function toPair(document: Document, { name, comments, node }: ExampleMember): Pair {
  const key = new Scalar(name)
  if (!SIMPLE_KEY.test(name)) key.type = 'QUOTE_DOUBLE'
  const value = toYaml(document, node)
  // The lines about an empty object stand above it, because nothing is inside.
  const isEmpty = node.kind === 'object' && isMap(value) && value.items.length === 0
  const lines = isEmpty ? [...comments, ...node.optional] : comments
  if (lines.length > 0) key.commentBefore = toComment(lines)
  return new Pair(key, value)
}

function toComment(lines: string[]): string {
  return lines.map((line) => ` ${line}`).join('\n')
}
