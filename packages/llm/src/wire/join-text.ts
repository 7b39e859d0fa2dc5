import { asList, asMembers } from './members.ts'

/** Maximum nesting of content parts. */
const MAX_DEPTH = 4
/** Members with the text of a part, of all products. */
const TEXTS = ['text', 'value', 'content', 'output_text', 'thinking', 'reasoning', 'summary']

/** Joins the texts of a content: a text, a part, or a list of parts, of any product. */
export function joinText(content: unknown, depth = 0): string {
  if (typeof content === 'string') return content
  if (depth > MAX_DEPTH) return ''
  if (Array.isArray(content)) {
    return asList(content)
      .map((part) => joinText(part, depth + 1))
      .join('')
  }
  const part = asMembers(content)
  const texts = TEXTS.map((name) => joinText(part[name], depth + 1))
  return texts.find((text) => text !== '') ?? ''
}
