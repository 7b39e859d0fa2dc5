import { AppError } from '@capstan/shared/errors'

/** An error in the settings of a cluster, with a hint for the fix. Neither text may quote secrets of a kubeconfig. */
export function misconfiguredError(message: string, hint: string): AppError {
  return new AppError('CLUSTER_MISCONFIGURED', message, { hint })
}
