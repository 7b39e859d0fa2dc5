import { estimateTokens } from '@capstan/shared/inference/estimate-tokens'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { findContent, listFields, type Field } from './list-fields.ts'
import type { NamedSchemas, ResolvedSchema } from './resolve-ref.ts'
import { toText } from './json-schema.ts'
import { formatTypeName } from './format-type-name.ts'
import { findWellKnownShape } from './find-well-known-shape.ts'
import { takeFirstSentence } from './take-first-sentence.ts'
import { withHiddenMark } from './with-hidden-mark.ts'

/** A line of an outline for a field, and the lines of its fields. */
export interface OutlineField {
  line: string
  children: OutlineField[]
}

interface QueuedField {
  field: Field
  depth: number
  into: OutlineField[]
}

const MAX_LINES = 70
const MAX_DEPTH = 3
/** Maximum length of a description by depth. Deeper fields have no description. */
const DESCRIPTION_LENGTH = [80, 48]
const NAME_LENGTH = 80

/**
 * Chooses fields breadth first, so that the token budget cuts the deepest fields. Well-known shapes are not expanded.
 */
export function chooseFields(
  roots: Field[],
  named: NamedSchemas,
  budgetTokens: number,
): { shown: OutlineField[]; truncated: boolean } {
  const shown: OutlineField[] = []
  const queue: QueuedField[] = roots.map((field) => ({ field, depth: 0, into: shown }))
  let left = budgetTokens
  let lines = 0
  // An index instead of shift(), which is quadratic for a queue of 100,000 fields.
  for (let index = 0; index < queue.length; index++) {
    const next = queue[index]
    if (!next) break
    const line = formatField(next, named)
    left -= estimateTokens(`${line}\n`)
    if (left < 0 || ++lines > MAX_LINES) return { shown, truncated: true }
    const entry: OutlineField = { line, children: [] }
    next.into.push(entry)
    if (next.depth + 1 >= MAX_DEPTH || queue.length > MAX_LINES * 4) continue
    for (const field of listFields(findExpandable(next.field, named), named)) {
      queue.push({ field, depth: next.depth + 1, into: entry.children })
    }
  }
  return { shown, truncated: false }
}

/** The lines of fields, each followed by the lines of its children. */
export function* formatShownLines(shown: OutlineField[]): Generator<string> {
  for (const { line, children } of shown) {
    yield line
    yield* formatShownLines(children)
  }
}

function formatField({ field, depth }: QueuedField, named: NamedSchemas): string {
  const length = DESCRIPTION_LENGTH[depth]
  const description = length ? takeFirstSentence(toText(field.schema['description']), length) : ''
  const name = withHiddenMark(toPlainText(field.name, NAME_LENGTH), field.name) || '(unnamed)'
  const mark = field.required ? '*' : ''
  return `${'  '.repeat(depth + 1)}${mark}${name} ${formatTypeName(field, named)}${description && `: ${description}`}`
}

/** The object whose members are the children of a field: the field itself, or the content of its lists and maps. */
function findExpandable(field: Field, named: NamedSchemas): ResolvedSchema {
  let resolved: ResolvedSchema = field
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    if (findWellKnownShape(resolved.schema) !== undefined) return { schema: {}, refs: undefined }
    const content = findContent(resolved, named)
    if (!content) return resolved
    resolved = content
  }
  return resolved
}
