import type { Provider } from '@capstan/shared/contract/provider'
import type { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import type { ApiDeps } from '../deps.ts'

/**
 * Decides whether a scan uses curated answers: by its request, else by the setting. By default only a scan without a
 * model uses them, because its other answers are guesses.
 */
export function usesCuratedAnswers(
  { defaults: { curated: policy = 'off' } }: Pick<ApiDeps, 'defaults'>,
  { curated }: Pick<ScanRequest, 'curated'>,
  provider: Provider,
): boolean {
  return curated ?? (policy === 'prefer' || (policy === 'auto' && provider === 'demo'))
}
