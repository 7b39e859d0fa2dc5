import type { ItemReason } from './problem.ts'

/** Why one type of a scan failed, or is tried again. The reason is `problem.reason` of the type. */
export const REASON_CATALOGUE: Record<ItemReason, { meaning: string; fix: string }> = {
  rate_limited: {
    meaning: 'A limit of the provider was reached.',
    fix: 'Nothing: the type waits and uses no attempt.',
  },
  timeout: {
    meaning: 'The call took longer than CAPSTAN_CALL_TIMEOUT_MS.',
    fix: 'Raise the timeout for a slow model, then retry the type.',
  },
  provider_error: {
    meaning: 'The provider failed, or its answer could not be read.',
    fix: 'Retry the type; `kind` and `hint` name the setting to check.',
  },
  provider_auth: {
    meaning: 'The key was refused. The scan pauses.',
    fix: 'Correct the key of the provider and resume the scan.',
  },
  provider_not_configured: {
    meaning: 'The model, path or batch does not exist at the endpoint. The scan pauses.',
    fix: 'Correct the setting that the hint names and resume the scan.',
  },
  quota_exhausted: {
    meaning: 'The account has no credit or quota left. The scan pauses.',
    fix: 'Raise the limit at the provider and resume the scan.',
  },
  invalid_output: {
    meaning: 'The model gave no valid answer in all attempts.',
    fix: 'Retry the type, or use a stronger model.',
  },
  refused: {
    meaning: 'A content filter refused the definition or the answer.',
    fix: 'Relax the filter, use another model, or exclude the type.',
  },
  context_too_long: {
    meaning: 'The definition is larger than the model, or a proxy, takes.',
    fix: 'Use a model with a longer context, or raise the limit that the hint names.',
  },
  schema_unavailable: {
    meaning: 'The cluster gave no definition of the type.',
    fix: 'Check the CRD or the aggregated API, then start a new scan.',
  },
  budget_exceeded: {
    meaning: 'The call would have passed a budget.',
    fix: 'Raise the budget and resume the scan.',
  },
  worker_lost: {
    meaning: 'Workers died while they analysed the type.',
    fix: 'Check memory and logs of the workers, then retry the type.',
  },
  internal: {
    meaning: 'A fault of Capstan.',
    fix: 'Retry the type, and report the fault with the log of the worker.',
  },
}
