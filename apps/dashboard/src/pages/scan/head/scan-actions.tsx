import { useState } from 'preact/hooks'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { api, type ScanAction } from '../../../data/api.ts'
import { isAllowed } from '../../../data/is-allowed.ts'
import { keepRetry } from '../../../data/retries.ts'
import { keepScan } from '../../../data/store.ts'
import { useAction } from '../../../data/use-action.ts'
import { formatNumber } from '../../../format/number.ts'
import { ConfirmDialog } from '../../../parts/confirm-dialog.tsx'
import { FaultNotice } from '../../../parts/fault-notice.tsx'
import { useShortcuts } from '../../../shell/use-shortcuts.ts'
import { ScanMenu } from './scan-menu.tsx'
import { listActions } from './list-actions.ts'

/** Buttons for what the state of the scan allows. */
export function ScanActions({ scan }: { scan: Scan }) {
  const { id, progress } = scan
  const [isAsked, setAsked] = useState(false)
  const action = useAction()
  const can = listActions(scan)
  const control = (what: ScanAction): void =>
    void action.run(async () => keepScan(await api.controlScan(id, what)))
  const retry = (): void =>
    void action.run(async () => keepRetry(await api.retryScan(id, 'failed'), progress.failed))
  const canRetry = can.retry && isAllowed('operator')
  useShortcuts(canRetry ? [{ keys: 'r', does: 'retry all failed types', run: retry }] : [])
  const buttons: [isShown: boolean, look: string, text: string, press: () => void][] = [
    [canRetry, 'primary', `Retry ${formatNumber(progress.failed)} failed`, retry],
    [can.pause, '', 'Pause', () => control('pause')],
    [can.resume, 'primary', 'Resume', () => control('resume')],
    [can.cancel, 'danger', 'Cancel', () => setAsked(true)],
  ]
  return (
    <div class="row">
      {buttons
        .filter(([isShown]) => isShown && isAllowed('operator'))
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
      <ScanMenu scan={scan} />
      {isAsked && <CancelDialog scan={scan} onClose={() => setAsked(false)} />}
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
