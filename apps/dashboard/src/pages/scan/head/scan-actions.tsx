import { useState } from 'preact/hooks'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { api, type ScanAction } from '../../../data/api.ts'
import { isAllowed } from '../../../data/is-allowed.ts'
import { keepScan } from '../../../data/store.ts'
import { useAction } from '../../../data/use-action.ts'
import { formatNumber } from '../../../format/number.ts'
import { ConfirmDialog } from '../../../parts/confirm-dialog.tsx'
import { FaultNotice } from '../../../parts/fault-notice.tsx'
import { navigate } from '../../../router/location.ts'
import { useShortcuts } from '../../../shell/use-shortcuts.ts'
import { listActions } from './list-actions.ts'

/** Buttons for what the state of the scan allows. */
export function ScanActions({ scan }: { scan: Scan }) {
  const { id, progress } = scan
  const [asked, setAsked] = useState<'cancel' | 'forget' | undefined>(undefined)
  const action = useAction()
  const can = listActions(scan)
  const control = (what: ScanAction): void =>
    void action.run(async () => keepScan(await api.controlScan(id, what)))
  const retry = (): void => void action.run(async () => keepScan(await api.retryScan(id, 'failed')))
  const canRetry = can.retry && isAllowed('operator')
  useShortcuts(canRetry ? [{ keys: 'r', does: 'retry all failed types', run: retry }] : [])
  if (!isAllowed('operator')) return null
  const close = (): void => setAsked(undefined)
  const buttons: [isShown: boolean, look: string, text: string, press: () => void][] = [
    [can.retry, 'primary', `Retry ${formatNumber(progress.failed)} failed`, retry],
    [can.pause, '', 'Pause', () => control('pause')],
    [can.resume, 'primary', 'Resume', () => control('resume')],
    [can.cancel, 'danger', 'Cancel', () => setAsked('cancel')],
    [can.forget, 'danger', 'Forget', () => setAsked('forget')],
  ]
  return (
    <div class="row">
      {buttons
        .filter(([isShown]) => isShown)
        .map(([, look, text, press]) => (
          <button
            key={text}
            type="button"
            class={`button ${look}`}
            disabled={action.isRunning}
            onClick={press}
          >
            {text}
          </button>
        ))}
      {action.error !== undefined && <FaultNotice error={action.error} />}
      {asked === 'cancel' && <CancelDialog scan={scan} onClose={close} />}
      {asked === 'forget' && <ForgetDialog scan={scan} onClose={close} />}
    </div>
  )
}

interface AskProps {
  scan: Scan
  onClose: () => void
}

function CancelDialog({ scan: { id, progress }, onClose }: AskProps) {
  const left = (progress.total ?? 0) - progress.finished
  return (
    <ConfirmDialog
      title="Cancel this scan?"
      verb="Cancel the scan"
      isDanger
      work={async () => keepScan(await api.controlScan(id, 'cancel'))}
      onClose={onClose}
    >
      Running calls are aborted and {left} types stay without an answer. Answers that were stored
      stay. A canceled scan can be retried.
    </ConfirmDialog>
  )
}

function ForgetDialog({ scan: { id }, onClose }: AskProps) {
  return (
    <ConfirmDialog
      title="Forget this scan?"
      verb="Forget the scan"
      isDanger
      work={async () => {
        await api.forgetScan(id)
        navigate('scans')
      }}
      onClose={onClose}
    >
      Its types, attempts and events are deleted. Its answers stay in the catalog.
    </ConfirmDialog>
  )
}
