import type { Dialect } from '@capstan/shared/inference/dialect'
import { isSameDialect } from '@capstan/shared/inference/full-dialect'
import type { RefusedPart } from './find-refused-parts.ts'

/** The possible dialects of an API. */
export interface ApiDialects {
  /** Structured output modes from the strictest to `text`. */
  outputs: readonly Dialect['output'][]
  /** True when the API has two parameters for the maximum number of output tokens. */
  hasTwoLimits: boolean
}

export const CHAT_DIALECTS: ApiDialects = {
  outputs: ['strict_schema', 'schema', 'json_object', 'text'],
  hasTwoLimits: true,
}
export const RESPONSES_DIALECTS: ApiDialects = { ...CHAT_DIALECTS, hasTwoLimits: false }
export const MESSAGES_DIALECTS: ApiDialects = {
  outputs: ['strict_schema', 'text'],
  hasTwoLimits: false,
}

interface NextDialects {
  /** The next dialect to try. */
  next: Dialect | undefined
  /** The most permissive dialect, for the last attempt. Undefined: it is the refused one. */
  last: Dialect | undefined
}

/** Returns dialects without the refused parts of `dialect`. */
export function excludeDialects(
  api: ApiDialects,
  dialect: Dialect,
  parts: ReadonlySet<RefusedPart>,
): NextDialects {
  const next: Dialect = {
    output: findNextOutput(api, dialect.output, parts),
    limit: parts.has('limit') && api.hasTwoLimits ? switchLimit(dialect.limit) : dialect.limit,
    system: parts.has('system') ? 'user' : dialect.system,
  }
  return {
    next: isSameDialect(next, dialect) ? undefined : next,
    last: omitIfSame(dialect, { ...next, output: 'text' }),
  }
}

/**
 * Returns the dialects to try after a refusal without a reason. The first three attempts include each single change: another
 * output mode, the other token parameter, no system message.
 */
export function listNextDialects(api: ApiDialects, dialect: Dialect): NextDialects {
  const { output, limit, system } = dialect
  if (output !== 'text') {
    const isLoose = output === 'json_object' || !api.outputs.includes('json_object')
    const loosest: Dialect = {
      output: 'text',
      limit: api.hasTwoLimits ? switchLimit(limit) : limit,
      system,
    }
    return {
      next: isLoose ? loosest : { ...dialect, output: 'json_object' },
      last: { output: 'text', limit, system: 'user' },
    }
  }
  const next = omitIfSame(dialect, { output, limit: 'max_tokens', system: 'user' })
  return { next, last: next }
}

function findNextOutput(
  { outputs }: ApiDialects,
  output: Dialect['output'],
  parts: ReadonlySet<RefusedPart>,
): Dialect['output'] {
  const after = (first: Dialect['output']): Dialect['output'] =>
    outputs
      .slice(outputs.indexOf(output) + 1)
      .find((one) => outputs.indexOf(one) >= outputs.indexOf(first)) ?? 'text'
  if (parts.has('all_output') || parts.has('json_object')) return 'text'
  if (parts.has('output')) return after(outputs.includes('json_object') ? 'json_object' : 'text')
  return parts.has('schema') ? after(outputs.includes('schema') ? 'schema' : 'text') : output
}

function switchLimit(limit: Dialect['limit']): Dialect['limit'] {
  return limit === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens'
}

function omitIfSame(dialect: Dialect, next: Dialect): Dialect | undefined {
  return isSameDialect(dialect, next) ? undefined : next
}
