import { isAllowed } from '../../data/is-allowed.ts'
import { SERVER } from '../../data/request.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { setQuery } from '../../router/location.ts'

/** There is no scan, or none that matches the filter. */
export function NoScans({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered)
    return (
      <div class="card empty">
        <strong>No scan matches</strong>
        <button type="button" class="button" onClick={() => setQuery({ status: '', cluster: '' })}>
          Show all scans
        </button>
      </div>
    )
  const command = `capstan scan --server ${SERVER}`
  return (
    <div class="card empty">
      <strong>No scan yet</strong>
      <span>A scan finds out what each resource type of your cluster is good for.</span>
      {isAllowed('operator') && (
        <button type="button" class="button primary" onClick={() => setQuery({ new: '*' })}>
          Start the first scan
        </button>
      )}
      <span class="row">
        <code>{command}</code>
        <CopyButton text={command} label="Copy the command" />
      </span>
    </div>
  )
}
