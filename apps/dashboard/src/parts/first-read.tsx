import type { RequestState } from '../data/use-request.ts'
import { FaultNotice } from './fault-notice.tsx'
import { Loading } from './loading.tsx'

/** Stands for the content of a page until it has been read. */
export function FirstRead({ state }: { state: Pick<RequestState<unknown>, 'error' | 'reload'> }) {
  if (state.error !== undefined) return <FaultNotice error={state.error} onRetry={state.reload} />
  return (
    <div class="card card-body">
      <Loading />
    </div>
  )
}
