import { estimateTokens } from '@capstan/shared/inference/estimate-tokens'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { findContent, listFields, type Field } from './list-fields.ts'
import type { NamedSchemas, ResolvedSchema } from './resolve-ref.ts'
import { toText } from './json-schema.ts'
import { formatTypeName } from './format-type-name.ts'
import { findWellKnownShape } from './find-well-known-shape.ts'
import { withHiddenMark } from './with-hidden-mark.ts'

/** A field that an outline shows, and those shown inside it. */
export interface OutlineField {
  line: string
  inner: OutlineField[]
}

interface Waiting {
  field: Field
  depth: number
  into: OutlineField[]
}

const MAX_LINES = 70
const MAX_DEPTH = 3
/** Characters of a description by depth; none below. */
const DESCRIPTION_LENGTH = [80, 48]
const NAME_LENGTH = 80
/** Free text above this length is not searched for the end of its first sentence. */
const SENTENCE_SEARCH = 600

/**
 * Chooses the fields to show breadth first, so that what is cut to fit `budgetTokens` lies deepest. Shapes that
 * everybody knows are not opened.
 */
export function chooseFields(
  roots: Field[],
  named: NamedSchemas,
  budgetTokens: number,
): { shown: OutlineField[]; truncated: boolean } {
  const shown: OutlineField[] = []
  const queue: Waiting[] = roots.map((field) => ({ field, depth: 0, into: shown }))
  let left = budgetTokens
  let lines = 0
  // Read by index: shift() of a queue of 100,000 members would be quadratic.
  for (let index = 0; index < queue.length; index++) {
    const next = queue[index]
    if (!next) break
    const line = fieldLine(next, named)
    left -= estimateTokens(`${line}\n`)
    if (left < 0 || ++lines > MAX_LINES) return { shown, truncated: true }
    const entry: OutlineField = { line, inner: [] }
    next.into.push(entry)
    if (next.depth + 1 >= MAX_DEPTH || queue.length > MAX_LINES * 4) continue
    for (const field of listFields(opened(next.field, named), named)) {
      queue.push({ field, depth: next.depth + 1, into: entry.inner })
    }
  }
  return { shown, truncated: false }
}

/** The lines of shown fields, inner ones below and right of their parent. */
export function* shownLines(shown: OutlineField[]): Generator<string> {
  for (const { line, inner } of shown) {
    yield line
    yield* shownLines(inner)
  }
}

function fieldLine({ field, depth }: Waiting, named: NamedSchemas): string {
  const length = DESCRIPTION_LENGTH[depth]
  const description = length ? firstSentence(toText(field.schema['description']), length) : ''
  const name = withHiddenMark(toPlainText(field.name, NAME_LENGTH), field.name) || '(unnamed)'
  const mark = field.required ? '*' : ''
  return `${'  '.repeat(depth + 1)}${mark}${name} ${formatTypeName(field, named)}${description && `: ${description}`}`
}

/** The object whose members stand below a field: itself, or what its lists and maps hold. */
function opened(field: Field, named: NamedSchemas): ResolvedSchema {
  let place: ResolvedSchema = field
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    if (findWellKnownShape(place.schema) !== undefined) return { schema: {}, open: undefined }
    const content = findContent(place, named)
    if (!content) return place
    place = content
  }
  return place
}

function firstSentence(description: string, length: number): string {
  const clean = toPlainText(description, SENTENCE_SEARCH)
  const end = clean.search(/(?<!\b(?:e\.g|i\.e|etc|vs))[.;](?:\s|$)/i)
  const sentence = toPlainText(end > 0 ? clean.slice(0, end) : clean, length)
  return withHiddenMark(sentence, description)
}
