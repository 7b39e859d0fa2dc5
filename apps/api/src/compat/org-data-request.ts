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

/** As it is documented. What is sent is read by `readRequest`, which forgives more. */
export const OrgDataBody = z.looseObject({
  dataType: z.literal('capabilities'),
  operation: z.enum(OPERATIONS),
  id: z
    .string()
    .optional()
    .describe('get, delete: an id, a name, or JSON of kind and apiVersion. search: the query.'),
  limit: z.int().optional().describe('list: default 10, at most 10,000. search: default 25.'),
  identityOnly: z.boolean().optional().describe('list: ids and names alone.'),
  mode: z.literal('full').optional().describe('scan: the whole cluster, answered at once.'),
  resourceList: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe('scan: `Kind.group` or `Kind`, with commas between.'),
  sessionId: z.string().optional(),
  step: z.string().optional(),
  response: z.union([z.string(), z.number()]).optional(),
  collection: z
    .string()
    .optional()
    .describe('`capabilities` is the default cluster, any other name the cluster of that name.'),
})

/** An empty text counts as none, as in forms. */
const Text = z
  .union([z.string(), z.number().transform(String)])
  .transform((text) => (text === '' ? undefined : text))
  .optional()
  .catch(undefined)

const Sent = z.object({
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
export type OrgDataRequest = z.infer<typeof Sent>

/** What of a JSON object is understood; members of a wrong type count as left out. */
export function readRequest(body: object): OrgDataRequest {
  return Sent.parse(body)
}

/** Several times what the largest clusters have. */
const MOST_NAMES = 10_000

/** Names of a comma-separated list, each once. AppError VALIDATION for more than 10,000, repeated ones included. */
export function namesIn(resourceList: string): string[] {
  const names: string[] = []
  // The expression skips commas and spaces: of a list of nothing else no part is made.
  for (const [name] of resourceList.matchAll(/[^,\s][^,]*/g)) {
    if (names.length === MOST_NAMES) throw tooManyNames()
    names.push(name.trimEnd())
  }
  return [...new Set(names)]
}

function tooManyNames(): AppError {
  return new AppError('VALIDATION', `resourceList has more than ${MOST_NAMES} names`, {
    hint: 'Send several lists, or scan the whole cluster with `mode: full`.',
  })
}
