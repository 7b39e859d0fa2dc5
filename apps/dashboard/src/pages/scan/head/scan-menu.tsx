import { useState } from 'preact/hooks'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { formatCurl } from '../../../data/format-curl.ts'
import {
  cancelNotification,
  canNotify,
  notifiedScans,
  notifyAtEnd,
} from '../../../data/end-notifications.ts'
import { isAllowed } from '../../../data/is-allowed.ts'
import { API, SERVER } from '../../../data/request.ts'
import { CopyAs } from '../../../parts/copy-as.tsx'
import { CopyButton } from '../../../parts/copy-button.tsx'
import { Icon } from '../../../parts/icon.tsx'
import { Menu } from '../../../parts/menu.tsx'
import { Link } from '../../../router/link.tsx'
import { toChangedPage } from '../../../router/location.ts'
import { DownloadEvents } from './download-events.tsx'
import { ForgetDialog } from './forget-dialog.tsx'

/** Rarely used actions of a scan. */
export function ScanMenu({ scan }: { scan: Scan }) {
  const [isAsked, setAsked] = useState(false)
  const { id, done } = scan
  return (
    <>
      <Menu label="More actions">
        <Link to={`scans/${id}/diff`}>Changes since the scan before</Link>
        {isAllowed('operator') && (
          <Link to={toChangedPage({ new: scan.include.join(','), on: scan.cluster })}>
            Scan the same types again
          </Link>
        )}
        <Download scan={scan} />
        <DownloadEvents scanId={id} />
        <CopyButton text={globalThis.location.href} label="Copy the link to this view" hasText />
        {!done && <NotifySwitch scan={scan} />}
        <CopyAs
          curl={formatCurl(`scans/${id}`)}
          cli={`capstan ${done ? 'describe scan' : 'watch'} ${id} --server ${SERVER}`}
        />
        {scan.links.board && isAllowed('operator') && (
          <a href={scan.links.board} target="_blank" rel="noopener">
            Queue in Bull Board <Icon name="external" />
          </a>
        )}
        {done && isAllowed('operator') && (
          <button type="button" class="button danger" onClick={() => setAsked(true)}>
            Forget this scan
          </button>
        )}
      </Menu>
      {isAsked && <ForgetDialog scan={scan} onClose={() => setAsked(false)} />}
    </>
  )
}

function Download({ scan }: { scan: Scan }) {
  return (
    <div class="row">
      <span class="muted">Download types as</span>
      {(['json', 'csv'] as const).map((format) => (
        <a
          key={format}
          class="button plain small"
          href={new URL(`scans/${scan.id}/export?format=${format}`, API).href}
          download={`${scan.id}.${format}`}
        >
          <Icon name="download" /> {format.toUpperCase()}
        </a>
      ))}
    </div>
  )
}

function NotifySwitch({ scan: { id } }: { scan: Scan }) {
  const [isRefused, setRefused] = useState(false)
  const isOn = notifiedScans.value.has(id)
  const change = async (): Promise<void> => {
    if (isOn) cancelNotification(id)
    else setRefused(!(await notifyAtEnd(id)))
  }
  return (
    <label class="row">
      <input type="checkbox" checked={isOn} disabled={!canNotify} onChange={() => void change()} />
      Notify me at the end
      {(isRefused || !canNotify) && (
        <span class="muted">
          {canNotify ? 'This browser refuses it.' : 'Only a page with HTTPS or on localhost can.'}
        </span>
      )}
    </label>
  )
}
