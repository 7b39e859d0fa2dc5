import type { Scan } from '@capstan/shared/contract/scan/scan'

type ScanActionName = 'pause' | 'resume' | 'cancel' | 'retry' | 'forget'

interface ScanState extends Pick<Scan, 'status' | 'done'> {
  progress: Pick<Scan['progress'], 'total' | 'failed'>
  budget: Pick<Scan['budget'], 'stoppedBy'>
}

/** Lists which actions the state of a scan allows. */
export function listActions({
  status,
  done,
  progress,
  budget,
}: ScanState): Record<ScanActionName, boolean> {
  return {
    pause: status === 'queued' || status === 'running',
    // A scan that its budget has paused needs a larger limit, which its notice asks for.
    resume: status === 'paused' && budget.stoppedBy === null,
    cancel: !done && status !== 'canceling',
    retry: done && progress.total !== null && progress.failed > 0,
    forget: done,
  }
}
