import { isUtf8 } from 'node:buffer'
import { readFileSync, statSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'
import { isSchema, type JsonSchema } from '../reduce/json-schema.ts'

/** The largest release bundle of CRDs has about 10 MB. Parsing takes many times the size in memory. */
const MAX_BYTES = 64 * 2 ** 20
/** Takes a predicate about the file, and returns nothing. */
export type Warn = (fault: string) => undefined

/** Lists in lists. */
const MAX_DEPTH = 3

/**
 * Objects of a file of YAML documents or JSON, those of lists one by one. What cannot be read is passed to `warn` and
 * stops no other document.
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
      return objectsOf(document.toJS(), where, warn)
    } catch {
      // Thousands of aliases, most likely.
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
  return objectsOf(content, 'the file', warn)
}

/** Items of lists have neither kind nor apiVersion of their own when a server made the list. */
function objectsOf(content: unknown, where: string, warn: Warn, depth = 0): JsonSchema[] {
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
    objectsOf(
      isSchema(item) ? { ...inherited, ...item } : (item ?? 'null'),
      `${where}, item ${index + 1}`,
      warn,
      depth + 1,
    ),
  )
}
