import { combinePatterns } from './combine-patterns.ts'
import type { FaultClass } from './fault-class.ts'
import { hintAtPath } from './request-classes.ts'

const OVERLOAD = combinePatterns(
  /overload/,
  /over capacity/,
  /at capacity/,
  /no capacity/,
  /capacity exceeded/,
  /(?:server|engine|model|system)[^.|]{0,30}\b(?:busy|loading|starting|unavailable|not ready|warming)/,
  /loading (?:the )?model/,
  /temporarily unavailable/,
  /service[_ ]?unavailable/,
  /queue (?:is )?full/,
  /no healthy upstream/,
  /no (?:available )?(?:server|worker|instance)s?\b/,
  /estimated_time/,
)

const NOT_JSON_GENERATED =
  /json_validate_failed|failed to (?:generate|validate) json|failed_generation/

/** Classes of unusable answers and of provider faults. The first match applies; the last class matches everything. */
export const ANSWER_CLASSES: FaultClass[] = [
  {
    kind: 'answer_too_large',
    reason: 'invalid_output',
    policy: 'fail',
    matches: ({ codes }) => codes === 'answer_too_large',
    title: 'sent an answer that is too large',
    hint: () => 'Model answers are never that large. Use another model, or exclude the type.',
  },
  {
    kind: 'unreadable',
    reason: 'provider_error',
    policy: 'retry',
    matches: ({ codes }) => codes === 'unreadable',
    title: 'returned no usable answer',
    hint: hintAtPath,
  },
  {
    kind: 'invalid_generation',
    reason: 'invalid_output',
    policy: 'retry',
    matches: ({ words }) => NOT_JSON_GENERATED.test(words),
    title: 'could not generate valid JSON',
    hint: () => 'Use another model. Small models violate the answer format more often.',
  },
  {
    kind: 'overloaded',
    reason: 'provider_error',
    policy: 'retry',
    matches: ({ words, form }) => form !== 'page' && OVERLOAD.test(words),
    title: 'is overloaded',
  },
  {
    kind: 'server_fault',
    reason: 'provider_error',
    policy: 'retry',
    matches: ({ status = 0 }) => status >= 500 || [408, 409, 425].includes(status),
    title: 'has a fault',
  },
  {
    kind: 'bad_request',
    reason: 'provider_error',
    policy: 'fail',
    matches: ({ status = 0 }) => status >= 400,
    title: 'refused the request',
  },
  {
    kind: 'html_page',
    reason: 'provider_error',
    policy: 'retry',
    matches: ({ form }) => form === 'page',
    title: 'sent a web page instead of an answer',
    hint: hintAtPath,
    showsUrl: true,
  },
  {
    kind: 'event_stream',
    reason: 'provider_error',
    policy: 'retry',
    matches: ({ form }) => form === 'events',
    title: 'sent an event stream instead of an answer',
    hint: (endpoint, failure) =>
      `The endpoint streams without a request for it. ${hintAtPath(endpoint, failure)}`,
    showsUrl: true,
  },
  {
    kind: 'not_json',
    reason: 'provider_error',
    policy: 'retry',
    matches: ({ form }) => form === 'text',
    title: 'sent text instead of an answer',
    hint: hintAtPath,
    showsUrl: true,
  },
  {
    kind: 'empty_answer',
    reason: 'provider_error',
    policy: 'retry',
    matches: ({ text, codes }) => text === '' && !/error|fault|fail/.test(codes),
    title: 'sent an empty answer',
    hint: hintAtPath,
    showsUrl: true,
  },
  {
    kind: 'unknown_fault',
    reason: 'provider_error',
    policy: 'retry',
    matches: () => true,
    title: 'has a fault',
  },
]
