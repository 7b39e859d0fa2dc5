import type { Scan } from '@capstan/shared/contract/scan/scan'
import { api } from '../../../data/api.ts'
import { ConfirmDialog } from '../../../parts/confirm-dialog.tsx'
import { navigate } from '../../../router/location.ts'

interface ForgetProps {
  scan: Scan
  onClose: () => void
}

/** Asks before a finished scan is deleted. */
export function ForgetDialog({ scan: { id }, onClose }: ForgetProps) {
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
