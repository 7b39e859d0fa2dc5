import { useState } from 'preact/hooks'
import { FaultNotice } from '../../../parts/fault-notice.tsx'
import { Icon } from '../../../parts/icon.tsx'
import { readAllEvents } from '../replay/read-all-events.ts'

/** The kept history of a scan as a file with one JSON event a line. */
export function DownloadEvents({ scanId }: { scanId: string }) {
  const [error, setError] = useState<unknown>(undefined)
  const [isReading, setReading] = useState(false)
  const download = async (): Promise<void> => {
    setReading(true)
    try {
      const { frames } = await readAllEvents(scanId, new AbortController().signal)
      const lines = frames.map((frame) => `${JSON.stringify(frame)}\n`)
      saveFile(`${scanId}-events.ndjson`, new Blob(lines, { type: 'application/x-ndjson' }))
      setError(undefined)
    } catch (fault) {
      setError(fault)
    }
    setReading(false)
  }
  return (
    <>
      <div class="row">
        <span class="muted">Download events as</span>
        <button
          type="button"
          class="button plain small"
          disabled={isReading}
          onClick={() => void download()}
        >
          <Icon name="download" /> JSON lines
        </button>
      </div>
      {error !== undefined && <FaultNotice error={error} />}
    </>
  )
}

function saveFile(name: string, content: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
