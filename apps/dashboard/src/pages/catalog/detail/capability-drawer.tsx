import { api } from '../../../data/api.ts'
import { ProblemError } from '../../../data/problem-error.ts'
import { useRequest } from '../../../data/use-request.ts'
import { Dialog } from '../../../parts/dialog.tsx'
import { FaultNotice } from '../../../parts/fault-notice.tsx'
import { Loading } from '../../../parts/loading.tsx'
import { setQuery } from '../../../router/location.ts'
import { CapabilityDetail } from './capability-detail.tsx'

interface CapabilityDrawerProps {
  /** Empty: the configured cluster. */
  cluster: string
  /** `plural.group`, as in the URL. */
  resource: string
}

/** One type of the catalog beside the list. */
export function CapabilityDrawer({ cluster, resource }: CapabilityDrawerProps) {
  const read = useRequest(`${cluster} ${resource}`, (signal) =>
    api.readCapability(cluster, resource, signal),
  )
  return (
    <Dialog title={resource} isDrawer onClose={() => setQuery({ type: '', of: '', as: '' })}>
      {read.error !== undefined && !isMissing(read.error) && (
        <FaultNotice error={read.error} onRetry={read.reload} />
      )}
      {isMissing(read.error) && (
        <p class="muted">
          The catalog has no answer of this type. A scan of <code>{resource}</code> finds one.
        </p>
      )}
      {read.data && <CapabilityDetail row={read.data} onChange={read.reload} />}
      {read.data === undefined && read.isLoading && <Loading />}
    </Dialog>
  )
}

function isMissing(error: unknown): boolean {
  return error instanceof ProblemError && error.problem?.status === 404
}
