import { z } from 'zod'
import { AppError } from '@capstan/shared/errors'
import { findSimilarWords } from '@capstan/shared/text/find-similar-words'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { describeIssue } from './describe-issue.ts'
import { jsonPointer } from './json-pointer.ts'

/** One fault of a request, as in `errors` of its problem document. */
export interface RequestFault {
  pointer: string
  in?: 'query' | 'path' | 'header'
  detail: string
}

/** Maximum number of reported faults, because searching near names for thousands of fields is slow. */
export const MAX_FAULTS = 50
const NAMES = { body: 'body', query: 'query', path: 'path', header: 'headers' } as const

/** Creates AppError VALIDATION for these faults of one part of a request. */
export function invalidRequestError(
  part: keyof typeof NAMES,
  faults: RequestFault[],
  hint = '`errors` lists each fault. /docs describes all requests.',
): AppError {
  const errors = faults
    .slice(0, MAX_FAULTS)
    .map((fault) => (part === 'body' ? fault : { ...fault, in: part }))
  return new AppError('VALIDATION', `The ${NAMES[part]} of the request is not valid`, {
    hint,
    extra: { errors },
  })
}

type Issue = z.core.$ZodIssue

/** Parses with `schema`. Faults are described in plain sentences, in the order of the schema. */
export function parseWith<S extends z.ZodType>(
  schema: S,
  value: unknown,
): { value: z.output<S> } | { faults: RequestFault[] } {
  const result = schema.safeParse(value, { error: describeIssue })
  if (result.success) return { value: result.data }
  const known = listKeys(schema)
  const issues = result.error.issues.slice(0, MAX_FAULTS)
  return { faults: issues.flatMap((issue) => describeFaults(issue, known)) }
}

function describeFaults(issue: Issue, known: readonly string[]): RequestFault[] {
  if (issue.code === 'unrecognized_keys') {
    // Near names are available for the outermost object only.
    const names = issue.path.length === 0 ? known : []
    return issue.keys.slice(0, MAX_FAULTS).map((key) => ({
      pointer: jsonPointer([...issue.path, key]),
      detail: describeUnknown('field', key, names),
    }))
  }
  const branch = issue.code === 'invalid_union' ? chooseBranch(issue.errors) : undefined
  if (branch) {
    return branch
      .map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }))
      .flatMap((inner) => describeFaults(inner, []))
  }
  return [{ pointer: jsonPointer(issue.path), detail: describeMessage(issue).slice(0, 300) }]
}

/** Returns the only union branch that matches the type of the value, so that its faults are the relevant ones. */
function chooseBranch(branches: Issue[][]): Issue[] | undefined {
  const fitting = branches.filter((issues) => issues.every((issue) => !hasWrongType(issue)))
  return fitting.length === 1 ? fitting[0] : undefined
}

function hasWrongType({ code, path }: Issue): boolean {
  return path.length === 0 && (code === 'invalid_type' || code === 'invalid_value')
}

function describeMessage(issue: Issue): string {
  if (issue.code === 'invalid_union') return describeForms(issue.errors) ?? issue.message
  if (issue.code === 'invalid_key') return `has a name that ${issue.issues[0]?.message}`
  return issue.message
}

/** Example: `must be \`failed\` or a list`. */
function describeForms(branches: Issue[][]): string | undefined {
  const forms = branches.map((issues) => issues[0]?.message ?? '')
  if (forms.length === 0 || !forms.every((form) => form.startsWith('must be '))) return undefined
  return `must be ${[...new Set(forms.map((form) => form.slice('must be '.length)))].join(' or ')}`
}

/** Example: `is not a known field; did you mean \`include\`?`. Names are quoted without hidden characters. */
export function describeUnknown(what: string, name: string, known: readonly string[]): string {
  const near = findSimilarWords(toPlainText(name, 100), known)
  const quoted = near.map((one) => `\`${one}\``).join(' or ')
  return `is not a known ${what}${near.length > 0 ? `; did you mean ${quoted}?` : ''}`
}

/** Lists the member names of an object schema, also inside optional schemas; empty for other schemas. */
export function listKeys(schema: z.core.$ZodType): string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape)
  return schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault
    ? listKeys(schema.unwrap())
    : []
}
