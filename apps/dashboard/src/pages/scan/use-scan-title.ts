import { useEffect } from 'preact/hooks'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { tabState } from '../../shell/use-title.ts'

type TabIcon = (typeof tabState)['value']['icon']

const ICONS: Record<Scan['status'], TabIcon> = {
  discovering: 'running',
  queued: 'running',
  running: 'running',
  canceling: 'running',
  paused: 'paused',
  succeeded: 'succeeded',
  partial: 'failed',
  failed: 'failed',
  canceled: 'idle',
}

/** Shows the state of a scan in title and icon of the browser tab. */
export function useScanTitle(scan: Scan | undefined): void {
  const title =
    scan === undefined ? 'Scan – Capstan' : `${formatState(scan)} – ${scan.cluster} – Capstan`
  const icon = scan === undefined ? 'idle' : ICONS[scan.status]
  useEffect(() => {
    tabState.value = { title, icon }
  }, [title, icon])
}

function formatState({ status, progress }: Scan): string {
  const percent = `${Math.floor(progress.percent)} %`
  return status === 'running' ? percent : status === 'paused' ? `${percent} paused` : status
}
