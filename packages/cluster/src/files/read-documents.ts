import { isUtf8 } from 'node:buffer'
import { readFileSync, statSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'
import { isSchema, type JsonSchema } from '../reduce/json-schema.ts'

/** The largest CRD bundles have about 10 MB. Parsing needs many times the size in memory. */
const MAX_BYTES = 64 * 2 ** 20
/** Reports a fault as a predicate of the file: `is not a text in UTF-8`. */
export type Warn = (fault: string) => undefined

/** Maximum depth of nested lists. */
const MAX_DEPTH = 3

/**
 * Reads the objects of a YAML or JSON file, with lists expanded to their items. Unreadable documents are reported to `warn`
 * and skipped.
 */
export function readDocuments(path: string, warn: Warn): JsonSchema[] {
  const text = readText(path, warn)
  if (text === undefined) return []
  if (/\.json$/i.test(path)) return readJson(text, warn)
  const documents = parseAllDocuments(text, { prettyErrors: false, logLevel: 'silent' })
  return [...documents].flatMap((document, index) => {
    const where = `document ${index + 1}`
    if (!('errors' in document) || document.errors.length > 0) {
      warn(`${where} is not valid YAML`)
      return []
    }
    try {
      return expandLists(document.toJS(), where, warn)
    } catch {
      // Most likely thousands of aliases.
      warn(`${where} cannot be read`)
      return []
    }
  })
}

function readText(path: string, warn: Warn): string | undefined {
  try {
    if (statSync(path).size > MAX_BYTES) return warn(`is larger than ${MAX_BYTES} bytes`)
    const bytes = readFileSync(path)
    if (!isUtf8(bytes) || bytes.includes(0)) return warn('is not a text in UTF-8')
    return new TextDecoder().decode(bytes)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    return warn(`cannot be read: ${code}`)
  }
}

function readJson(text: string, warn: Warn): JsonSchema[] {
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    if (text.trim() !== '') warn('cannot be read as YAML or JSON')
    return []
  }
  return expandLists(content, 'the file', warn)
}

/** Items of a list that a server wrote inherit kind and apiVersion from the list. */
function expandLists(content: unknown, where: string, warn: Warn, depth = 0): JsonSchema[] {
  if (content === null || content === undefined) return []
  if (!isSchema(content)) {
    warn(`${where} is no object`)
    return []
  }
  const { kind, items, apiVersion } = content
  if (!Array.isArray(items) || typeof kind !== 'string' || !kind.endsWith('List')) return [content]
  if (depth >= MAX_DEPTH) {
    warn(`${where} has lists in lists`)
    return []
  }
  const itemKind = kind.slice(0, -'List'.length)
  const inherited = itemKind === '' ? {} : { kind: itemKind, apiVersion }
  return items.flatMap((item: unknown, index) =>
    expandLists(
      isSchema(item) ? { ...inherited, ...item } : (item ?? 'null'),
      `${where}, item ${index + 1}`,
      warn,
      depth + 1,
    ),
  )
}
