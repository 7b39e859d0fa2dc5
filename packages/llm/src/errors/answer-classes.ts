import { anyOf } from './any-of.ts'
import type { FaultClass } from './fault-class.ts'
import { checkPath } from './request-classes.ts'

const OVERLOAD = anyOf(
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

/** Classes of answers that are none, and of faults of the provider. Their order matters: the first that matches is right, and the last matches everything. */
export const ANSWER_CLASSES: FaultClass[] = [
  {
    kind: 'answer_too_large',
    reason: 'invalid_output',
    policy: 'fail',
    matches: ({ codes }) => codes === 'answer_too_large',
    title: 'sent an answer that is too large',
    hint: () => 'No answer of a model is that large: try another model, or exclude the type.',
  },
  {
    kind: 'unreadable',
    reason: 'provider_error',
    policy: 'retry',
    matches: ({ codes }) => codes === 'unreadable',
    title: 'gave no usable answer',
    hint: checkPath,
  },
  {
    kind: 'invalid_generation',
    reason: 'invalid_output',
    policy: 'retry',
    matches: ({ words }) => NOT_JSON_GENERATED.test(words),
    title: 'could not make JSON of what the model wrote',
    hint: () => 'Try another model; small models break the answer format more often.',
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
    title: 'sent a web page in place of an answer',
    hint: checkPath,
    showsUrl: true,
  },
  {
    kind: 'event_stream',
    reason: 'provider_error',
    policy: 'retry',
    matches: ({ form }) => form === 'events',
    title: 'sent an event stream in place of an answer',
    hint: (endpoint, failure) =>
      `The endpoint streams although nothing asked for it. ${checkPath(endpoint, failure)}`,
    showsUrl: true,
  },
  {
    kind: 'not_json',
    reason: 'provider_error',
    policy: 'retry',
    matches: ({ form }) => form === 'text',
    title: 'sent text in place of an answer',
    hint: checkPath,
    showsUrl: true,
  },
  {
    kind: 'empty_answer',
    reason: 'provider_error',
    policy: 'retry',
    matches: ({ text, codes }) => text === '' && !/error|fault|fail/.test(codes),
    title: 'sent an empty answer',
    hint: checkPath,
    showsUrl: true,
  },
  {
    // Nothing else is known of it.
    kind: 'unknown_fault',
    reason: 'provider_error',
    policy: 'retry',
    matches: () => true,
    title: 'has a fault',
  },
]
