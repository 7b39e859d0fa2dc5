import type { ItemReason } from '../problem.ts'

/** Description of each `problem.reason` of a resource type that failed or is retried. */
export const REASON_CATALOGUE: Record<ItemReason, { meaning: string; fix: string }> = {
  rate_limited: {
    meaning: 'A limit of the provider was reached.',
    fix: 'None needed: the type waits without using an attempt.',
  },
  timeout: {
    meaning: 'The call exceeded CAPSTAN_CALL_TIMEOUT_MS.',
    fix: 'Increase the timeout for a slow model, then retry the type.',
  },
  provider_error: {
    meaning: 'The provider failed, or its response is unreadable.',
    fix: 'Retry the type. `kind` and `hint` name the setting to check.',
  },
  provider_auth: {
    meaning: 'The provider rejected the key. The scan pauses.',
    fix: 'Correct the key of the provider and resume the scan.',
  },
  provider_not_configured: {
    meaning: 'The model, path or batch does not exist at the endpoint. The scan pauses.',
    fix: 'Correct the setting that the hint names and resume the scan.',
  },
  quota_exhausted: {
    meaning: 'The account has no remaining credit or quota. The scan pauses.',
    fix: 'Raise the limit at the provider and resume the scan.',
  },
  invalid_output: {
    meaning: 'No attempt returned a valid answer.',
    fix: 'Retry the type, or use a stronger model.',
  },
  refused: {
    meaning: 'A content filter refused the definition or the answer.',
    fix: 'Relax the filter, use another model, or exclude the type.',
  },
  context_too_long: {
    meaning: 'The definition exceeds the context of the model or the body limit of a proxy.',
    fix: 'Use a model with a larger context, or increase the limit that the hint names.',
  },
  schema_unavailable: {
    meaning: 'The cluster returned no definition of the type.',
    fix: 'Check the CRD or the aggregated API, then start a new scan.',
  },
  budget_exceeded: {
    meaning: 'The call would have exceeded a budget.',
    fix: 'Increase the budget and resume the scan.',
  },
  worker_lost: {
    meaning: 'Workers crashed during the analysis of the type.',
    fix: 'Check the memory and the logs of the workers, then retry the type.',
  },
  internal: {
    meaning: 'A fault of Capstan.',
    fix: 'Retry the type. Report the fault with the log of the worker.',
  },
}
