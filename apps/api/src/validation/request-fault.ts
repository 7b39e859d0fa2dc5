import type { z } from 'zod'
import { AppError } from '@capstan/shared/errors'
import { findSimilarWords } from '@capstan/shared/text/find-similar-words'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { describeIssue } from './describe-issue.ts'
import { jsonPointer } from './json-pointer.ts'

/** One fault of a request, as in `errors` of its problem. */
export interface RequestFault {
  pointer: string
  in?: 'query' | 'path' | 'header'
  detail: string
}

/** More are neither described nor sent: near names of thousands of fields would take long. */
export const MOST_FAULTS = 50
const NAMES = { body: 'body', query: 'query', path: 'path', header: 'headers' } as const

/** The problem of a part of a request with these faults: AppError VALIDATION. */
export function invalidRequest(
  part: keyof typeof NAMES,
  faults: RequestFault[],
  hint = 'Read `errors` for each fault; /docs of the server describes each request.',
): AppError {
  const errors = faults
    .slice(0, MOST_FAULTS)
    .map((fault) => (part === 'body' ? fault : { ...fault, in: part }))
  return new AppError('VALIDATION', `The ${NAMES[part]} of the request is not valid`, {
    hint,
    extra: { errors },
  })
}

type Issue = z.core.$ZodIssue

/** Parses as `schema` says. The faults are in our own sentences, in the order in which the schema found them. */
export function parseWith<S extends z.ZodType>(
  schema: S,
  value: unknown,
): { value: z.output<S> } | { faults: RequestFault[] } {
  const result = schema.safeParse(value, { error: describeIssue })
  if (result.success) return { value: result.data }
  const known = knownKeys(schema)
  const issues = result.error.issues.slice(0, MOST_FAULTS)
  return { faults: issues.flatMap((issue) => describeFaults(issue, known)) }
}

function describeFaults(issue: Issue, known: readonly string[]): RequestFault[] {
  if (issue.code === 'unrecognized_keys') {
    // Near names are known of the outermost object only.
    const names = issue.path.length === 0 ? known : []
    return issue.keys.slice(0, MOST_FAULTS).map((key) => ({
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
  return [{ pointer: jsonPointer(issue.path), detail: describeOne(issue).slice(0, 300) }]
}

/** The only form of a union that has the type of the value, so that its faults are the ones to correct. */
function chooseBranch(branches: Issue[][]): Issue[] | undefined {
  const fitting = branches.filter((issues) => issues.every((issue) => !isOfOtherType(issue)))
  return fitting.length === 1 ? fitting[0] : undefined
}

function isOfOtherType({ code, path }: Issue): boolean {
  return path.length === 0 && (code === 'invalid_type' || code === 'invalid_value')
}

function describeOne(issue: Issue): string {
  if (issue.code === 'invalid_union') return describeForms(issue.errors) ?? issue.message
  if (issue.code === 'invalid_key') return `has a name that ${issue.issues[0]?.message}`
  return issue.message
}

/** `must be \`failed\` or a list`. */
function describeForms(branches: Issue[][]): string | undefined {
  const forms = branches.map((issues) => issues[0]?.message ?? '')
  if (forms.length === 0 || !forms.every((form) => form.startsWith('must be '))) return undefined
  return `must be ${[...new Set(forms.map((form) => form.slice('must be '.length)))].join(' or ')}`
}

/** `is not a known field; did you mean \`include\`?`. Names are quoted without hidden characters. */
export function describeUnknown(what: string, name: string, known: readonly string[]): string {
  const near = findSimilarWords(toPlainText(name, 100), known)
  const quoted = near.map((one) => `\`${one}\``).join(' or ')
  return `is not a known ${what}${near.length > 0 ? `; did you mean ${quoted}?` : ''}`
}

/** Names of the members of an object schema, also inside of optional ones; empty for others. */
export function knownKeys(schema: z.ZodType): string[] {
  if ('shape' in schema) return Object.keys(schema.shape as object)
  const inner: unknown = 'unwrap' in schema ? (schema.unwrap as () => unknown)() : undefined
  return inner instanceof Object && 'safeParse' in inner ? knownKeys(inner as z.ZodType) : []
}
