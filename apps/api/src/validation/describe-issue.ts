import type { z } from 'zod'

type RawIssue = z.core.$ZodRawIssue

/**
 * Describes one validation issue as a predicate, such as `must be at least 1`, without schema library terms and without
 * the value. For the `error` option of `safeParse`; messages of a schema take precedence.
 */
export function describeIssue(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return describeType(issue)
    case 'too_small':
    case 'too_big':
      return describeSize(issue)
    case 'invalid_value':
      return describeValues(issue)
    case 'invalid_format':
      return FORMATS[issue.format] ?? 'has an invalid format'
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    case 'invalid_union':
      return describeMissing(issue) ?? 'does not match any allowed form'
    default:
      return 'is not valid'
  }
}

const TYPES: Record<string, string> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: '`true` or `false`',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  null: '`null`',
}

const FORMATS: Record<string, string> = {
  datetime: 'must be a time such as `2026-11-30T12:00:00Z`',
  url: 'must be a URL',
  safeint: 'must be a whole number',
}

function describeType(issue: Extract<RawIssue, { code: 'invalid_type' }>): string {
  return describeMissing(issue) ?? `must be ${TYPES[issue.expected] ?? 'of another type'}`
}

function describeMissing({ input }: RawIssue): string | undefined {
  return input === undefined ? 'is required' : undefined
}

type SizeIssue = Extract<RawIssue, { code: 'too_small' | 'too_big' }>

/** Examples: `must have at most 3 entries`, `must be more than 0`. */
function describeSize(issue: SizeIssue): string {
  const [inclusive, exclusive, bound] =
    issue.code === 'too_small'
      ? (['at least', 'more than', issue.minimum] as const)
      : (['at most', 'less than', issue.maximum] as const)
  const relation = issue.inclusive === false ? exclusive : inclusive
  const unit = UNITS[issue.origin]
  if (!unit) return `must be ${relation} ${bound}`
  return `must have ${relation} ${bound} ${Number(bound) === 1 ? unit[0] : unit[1]}`
}

function describeValues(issue: Extract<RawIssue, { code: 'invalid_value' }>): string {
  const { values } = issue
  if (issue.input === undefined) return 'is required'
  // For a boolean query parameter zod lists every accepted spelling.
  if (values.includes('true') && values.includes('false')) return 'must be `true` or `false`'
  const quoted = values.map((value) => `\`${String(value)}\``)
  return quoted.length === 1 ? `must be ${quoted[0]}` : `must be one of ${quoted.join(', ')}`
}

const UNITS: Record<string, [one: string, many: string]> = {
  string: ['character', 'characters'],
  array: ['entry', 'entries'],
  set: ['entry', 'entries'],
  map: ['entry', 'entries'],
  record: ['entry', 'entries'],
  object: ['field', 'fields'],
}
