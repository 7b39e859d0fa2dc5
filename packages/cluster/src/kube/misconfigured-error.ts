import { AppError } from '@capstan/shared/errors'

/** What is wrong with the settings of a cluster, and how to mend it. Neither may quote a kubeconfig's secrets. */
export function misconfiguredError(message: string, hint: string): AppError {
  return new AppError('CLUSTER_MISCONFIGURED', message, { hint })
}
