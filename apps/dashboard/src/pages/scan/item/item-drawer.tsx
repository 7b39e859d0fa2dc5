import { useEffect, useState } from 'preact/hooks'
import { quoteShellWord } from '@capstan/shared/text/quote-shell-word'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import { api } from '../../../data/api.ts'
import { formatCurl } from '../../../data/format-curl.ts'
import { SERVER } from '../../../data/request.ts'
import { subscribeToScan } from '../../../data/scan-frames.ts'
import { usePolling } from '../../../data/use-polling.ts'
import { useRequest } from '../../../data/use-request.ts'
import { CopyAs } from '../../../parts/copy-as.tsx'
import { Dialog } from '../../../parts/dialog.tsx'
import { FaultNotice } from '../../../parts/fault-notice.tsx'
import { setQuery } from '../../../router/location.ts'
import { AnswerAndOutline } from './answer-and-outline.tsx'
import { Attempts } from './attempts.tsx'
import { ItemState } from './item-state.tsx'

interface ItemDrawerProps {
  scan: Scan
  /** `plural.group`, as in the URL. */
  resource: string
}

/** One type of a scan: its attempts, its answer beside what the model saw, and what to do about a failure. */
export function ItemDrawer({ scan, resource }: ItemDrawerProps) {
  const [round, setRound] = useState(0)
  const read = useRequest(`${scan.id} ${resource} ${round}`, (signal) =>
    api.readItem(scan.id, resource, signal),
  )
  useEffect(
    () =>
      subscribeToScan(scan.id, ({ type, data }) => {
        if (type === 'snapshot' || data.resource === resource) setRound((last) => last + 1)
      }),
    [scan.id, resource],
  )
  usePolling(read.reload)
  return (
    <Dialog title={resource} isDrawer onClose={() => setQuery({ item: '' })}>
      {read.error !== undefined && <FaultNotice error={read.error} onRetry={read.reload} />}
      {read.data && <ItemContent scan={scan} item={read.data} onChange={read.reload} />}
      {read.data === undefined && read.isLoading && (
        <div class="page-skeleton" aria-busy="true">
          <span class="skeleton" />
          <span class="skeleton" />
          <span class="skeleton" />
        </div>
      )}
    </Dialog>
  )
}

interface ContentProps {
  scan: Scan
  item: ScanItem
  onChange: () => void
}

function ItemContent({ scan, item, onChange }: ContentProps) {
  const queuedAt = Date.parse(scan.startedAt ?? scan.createdAt)
  return (
    <>
      <ItemState scan={scan} item={item} onChange={onChange} />
      <Attempts item={item} queuedAt={scan.runAttempt > 1 ? Infinity : queuedAt} />
      <AnswerAndOutline scan={scan} item={item} />
      <CopyAs
        curl={formatCurl(`scans/${scan.id}/resources/${encodeURIComponent(item.resource)}`)}
        cli={`capstan describe capability ${quoteShellWord(item.resource)} --server ${SERVER}`}
      />
    </>
  )
}
