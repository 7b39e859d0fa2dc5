import { z } from 'zod'

/** Every code of an HTTP problem. `problem-catalogue.ts` describes each and gives it its status. */
export const PROBLEM_CODES = [
  'VALIDATION',
  'UNAUTHORIZED',
  'FORBIDDEN',
  'NOT_FOUND',
  'METHOD_NOT_ALLOWED',
  'NOT_ACCEPTABLE',
  'SCAN_CONFLICT',
  'IDEMPOTENCY_IN_PROGRESS',
  'IDEMPOTENCY_MISMATCH',
  'WRONG_STATE',
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'UNKNOWN_CLUSTER',
  'UNKNOWN_RESOURCES',
  'RATE_LIMITED',
  'PROVIDER_NOT_CONFIGURED',
  'PROVIDER_UNAVAILABLE',
  'PROVIDER_AUTH',
  'PROVIDER_QUOTA',
  'PROVIDER_MODEL_UNKNOWN',
  'CLUSTER_UNREACHABLE',
  'CLUSTER_FORBIDDEN',
  'CLUSTER_MISCONFIGURED',
  'TOO_MANY_STREAMS',
  'OVERLOADED',
  'REDIS_UNAVAILABLE',
  'DRAINING',
  'INTERNAL',
] as const
export type ProblemCode = (typeof PROBLEM_CODES)[number]

/** Why one type failed or is being tried again. */
const ITEM_REASONS = [
  'rate_limited',
  'timeout',
  'provider_error',
  'provider_auth',
  'provider_not_configured',
  'quota_exhausted',
  'invalid_output',
  'refused',
  'context_too_long',
  'schema_unavailable',
  'budget_exceeded',
  'worker_lost',
  'internal',
] as const
export const ItemReason = z.enum(ITEM_REASONS)
export type ItemReason = z.infer<typeof ItemReason>

/** What is kept of a failure of one type: scrubbed of secrets and cut short before it is stored. */
export const ItemProblem = z.object({
  reason: ItemReason,
  /** Which fault of that reason, such as `wrong_path`, `not_json` or `unreachable`; absent when it is not known. */
  kind: z.string().max(50).optional(),
  title: z.string().max(200),
  detail: z.string().max(1000).optional(),
  hint: z.string().max(400).optional(),
  retryable: z.boolean(),
  /** When its cause ends by itself: a scan that is paused for it goes on then. */
  until: z.iso.datetime().optional(),
})
export type ItemProblem = z.infer<typeof ItemProblem>

/** The last failure of the calls of one account and model, in the words of the provider. */
export const ProviderFault = z.object({
  account: z.string(),
  reason: ItemReason,
  kind: z.string().max(50).optional(),
  title: z.string().max(200),
  /** What to check, with the name of the setting. */
  hint: z.string().max(400).optional(),
  at: z.iso.datetime(),
})
export type ProviderFault = z.infer<typeof ProviderFault>

/** RFC 9457 problem document. */
export const Problem = z.object({
  /** `/problems/<code>`, below the path of CAPSTAN_PUBLIC_URL. */
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(PROBLEM_CODES),
  detail: z.string().optional(),
  instance: z.string().optional(),
  hint: z.string().optional(),
  /** Of a call of a model that failed: the class of the failure, as types of a scan carry it. */
  reason: ItemReason.optional(),
  kind: z.string().optional(),
  retryable: z.boolean(),
  retryAfterMs: z.int().optional(),
  scan: z.string().optional(),
  requiredScope: z.string().optional(),
  errors: z
    .array(
      z.object({
        pointer: z
          .string()
          .describe('JSON pointer (RFC 6901) as a URI fragment, such as `#/budget/maxCostUsd`.'),
        /** The part of the request that `pointer` goes into; absent for the body. */
        in: z.enum(['query', 'path', 'header']).optional(),
        detail: z.string(),
      }),
    )
    .optional(),
})
export type Problem = z.infer<typeof Problem>
