import { z } from 'zod'
import { Role } from './login/role.ts'
import { LoginMethod } from './login/session.ts'

/** All codes of HTTP problems. `problem-catalogue.ts` has their statuses and descriptions. */
export const PROBLEM_CODES = [
  'VALIDATION',
  'UNAUTHORIZED',
  'LOGIN_FAILED',
  'FORBIDDEN',
  'NOT_FOUND',
  'METHOD_NOT_ALLOWED',
  'NOT_ACCEPTABLE',
  'SCAN_CONFLICT',
  'IDEMPOTENCY_IN_PROGRESS',
  'IDEMPOTENCY_MISMATCH',
  'WRONG_STATE',
  'EVENTS_TRIMMED',
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
  'ISSUER_UNAVAILABLE',
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

/** Reasons why a type failed or is retried. */
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

/** Stored description of the failure of a type, without secrets and with bounded lengths. */
export const ItemProblem = z.object({
  reason: ItemReason,
  /** The fault within the reason, such as `wrong_path`, `not_json` or `unreachable`. Absent when unknown. */
  kind: z.string().max(50).optional(),
  title: z.string().max(200),
  detail: z.string().max(1000).optional(),
  hint: z.string().max(400).optional(),
  retryable: z.boolean(),
  /** Time when the cause ends without intervention. A scan that was paused for it resumes then. */
  until: z.iso.datetime().optional(),
})
export type ItemProblem = z.infer<typeof ItemProblem>

/** The last failed call of an account and model, with the message of the provider. */
export const ProviderFault = z.object({
  account: z.string(),
  reason: ItemReason,
  kind: z.string().max(50).optional(),
  title: z.string().max(200),
  /** The setting to check. */
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
  /** Classification of a failed model call, as in the problem of a type. */
  reason: ItemReason.optional(),
  kind: z.string().optional(),
  retryable: z.boolean(),
  retryAfterMs: z.int().optional(),
  scan: z.string().optional(),
  requiredScope: z.string().optional(),
  requiredRole: Role.optional(),
  /** How to log in. */
  login: z.array(LoginMethod).optional(),
  errors: z
    .array(
      z.object({
        pointer: z
          .string()
          .describe('JSON pointer (RFC 6901) as a URI fragment, such as `#/budget/maxCostUsd`.'),
        /** The part of the request that `pointer` refers to. Absent for the body. */
        in: z.enum(['query', 'path', 'header']).optional(),
        detail: z.string(),
      }),
    )
    .optional(),
})
export type Problem = z.infer<typeof Problem>
