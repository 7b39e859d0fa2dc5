import { useState } from 'preact/hooks'
import { api } from '../../data/api.ts'
import { isAllowed } from '../../data/is-allowed.ts'
import { loadServerState } from '../../data/load-server-state.ts'
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx'

/** Pauses or resumes the queues of all routes. */
export function PauseAll({ isPaused }: { isPaused: boolean }) {
  const [isAsked, setAsked] = useState(false)
  if (!isAllowed('operator')) return null
  const work = async (): Promise<void> => {
    await (isPaused ? api.resumeQueues() : api.pauseQueues())
    await loadServerState()
  }
  const verb = isPaused ? 'Resume all queues' : 'Pause all queues'
  return (
    <>
      <button
        type="button"
        class={isPaused ? 'button primary' : 'button'}
        onClick={() => setAsked(true)}
      >
        {verb}
      </button>
      {isAsked && (
        <ConfirmDialog title={`${verb}?`} verb={verb} work={work} onClose={() => setAsked(false)}>
          {isPaused
            ? 'Waiting jobs of all scans start as soon as their limits allow.'
            : 'Running jobs finish. No job of any scan starts until the queues are resumed.'}
        </ConfirmDialog>
      )}
    </>
  )
}
