import { z } from 'zod'
import { AppError } from '@capstan/shared/errors'

export const OPERATIONS = [
  'scan',
  'progress',
  'list',
  'get',
  'search',
  'delete',
  'deleteAll',
] as const
export type Operation = (typeof OPERATIONS)[number]

/** Documented request. `parseRequest` reads requests and is more tolerant. */
export const OrgDataBody = z.looseObject({
  dataType: z.literal('capabilities'),
  operation: z.enum(OPERATIONS),
  id: z
    .string()
    .optional()
    .describe('get, delete: an id, a name, or JSON with kind and apiVersion. search: the query.'),
  limit: z.int().optional().describe('list: default 10, at most 10,000. search: default 25.'),
  identityOnly: z.boolean().optional().describe('list: only ids and names.'),
  mode: z
    .literal('full')
    .optional()
    .describe('scan: start a scan of the whole cluster and return at once.'),
  resourceList: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe('scan: comma-separated `Kind.group` or `Kind`.'),
  sessionId: z.string().optional(),
  step: z.string().optional(),
  response: z.union([z.string(), z.number()]).optional(),
  collection: z
    .string()
    .optional()
    .describe('`capabilities` is the default cluster. Any other name is the cluster of that name.'),
})

/** Empty text counts as absent, as in forms. */
const Text = z
  .union([z.string(), z.number().transform(String)])
  .transform((text) => (text === '' ? undefined : text))
  .optional()
  .catch(undefined)

const RequestBody = z.object({
  dataType: Text,
  operation: Text,
  id: Text,
  limit: z.unknown().optional(),
  identityOnly: z.unknown().optional(),
  mode: Text,
  resourceList: z
    .union([z.string(), z.array(z.string()).transform((names) => names.join(',') || ',')])
    .optional()
    .catch(undefined),
  sessionId: Text,
  step: Text,
  response: Text,
  collection: Text,
})
export type OrgDataRequest = z.infer<typeof RequestBody>

/** Parses a request. Members of a wrong type count as absent. */
export function parseRequest(body: object): OrgDataRequest {
  return RequestBody.parse(body)
}

/** Several times the number of types of the largest clusters. */
const MAX_NAMES = 10_000

/**
 * Splits a comma-separated list into unique names. AppError VALIDATION for more than 10,000 names, repeated ones
 * included.
 */
export function splitNames(resourceList: string): string[] {
  const names: string[] = []
  // The pattern skips commas and spaces, so that a list of separators yields no parts.
  for (const [name] of resourceList.matchAll(/[^,\s][^,]*/g)) {
    if (names.length === MAX_NAMES) throw tooManyNamesError()
    names.push(name.trimEnd())
  }
  return [...new Set(names)]
}

function tooManyNamesError(): AppError {
  return new AppError('VALIDATION', `resourceList has more than ${MAX_NAMES} names`, {
    hint: 'Send several lists, or scan the whole cluster with `mode: full`.',
  })
}
