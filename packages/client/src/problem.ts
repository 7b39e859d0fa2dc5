import type { components } from './generated/openapi.ts'

type ProblemDocument = components['schemas']['Problem']
/** Machine-readable code of a problem. Programs branch on it; texts may change. */
export type ApiProblemCode = ProblemDocument['code']

/** Members that problems with a code always have. */
interface MembersByCode {
  /** `scan`: path of the running scan. */
  SCAN_CONFLICT: { scan: string }
}
type Members<C> = C extends keyof MembersByCode ? MembersByCode[C] : unknown

/**
 * The problem document (RFC 9457) of a failed request, discriminated by `code`. `retryable`: the same request can
 * succeed later, after `retryAfterMs` if present.
 */
export type ApiProblem = {
  [C in ApiProblemCode]: ProblemDocument & { code: C } & Members<C>
}[ApiProblemCode]

/**
 * Whether `value` is a problem of Capstan, with one of `codes` if any are given. `error` of a response is none when it
 * comes from a proxy in between.
 */
export function isProblem<C extends ApiProblemCode = ApiProblemCode>(
  value: unknown,
  ...codes: C[]
): value is Extract<ApiProblem, { code: C }> {
  if (typeof value !== 'object' || value === null) return false
  if (!('code' in value) || !('retryable' in value) || !('title' in value)) return false
  const { code, retryable, title } = value
  if (typeof retryable !== 'boolean' || typeof title !== 'string') return false
  return typeof code === 'string' && (codes.length === 0 || codes.some((one) => one === code))
}
