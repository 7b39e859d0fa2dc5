import type { Scan } from '@capstan/shared/contract/scan/scan'
import { formatTime } from '../../../format/clock.ts'
import { CopyButton } from '../../../parts/copy-button.tsx'
import { Status } from '../../../parts/status.tsx'
import { ScanActions } from './scan-actions.tsx'

/** Name and status of a scan, what it was asked for, and what can be done with it. */
export function ScanHead({ scan }: { scan: Scan }) {
  const { id, cluster, status, runAttempt, createdAt } = scan
  return (
    <header class="scan-head">
      <div class="page-head">
        <h1 class="row">
          <Status status={status} />
          <span>{cluster}</span>
          {runAttempt > 1 && <span class="badge">run {runAttempt}</span>}
        </h1>
        <ScanActions scan={scan} />
      </div>
      <div class="row muted">
        <code class="id">{id}</code>
        <CopyButton text={id} label="Copy the id" />
        <span>
          started {formatTime(createdAt)} by {scan.createdBy}
        </span>
        <span>{scan.demo ? 'rules, no model' : `${scan.provider}/${scan.model}`}</span>
        <span>{scan.mode === 'full' ? 'all types' : 'changed types'}</span>
        <Patterns scan={scan} />
      </div>
    </header>
  )
}

function Patterns({ scan: { include, exclude, labels, execution } }: { scan: Scan }) {
  const isChosen = include.join() !== '*'
  return (
    <>
      {isChosen && <span>include {formatNames(include)}</span>}
      {exclude.length > 0 && <span>exclude {formatNames(exclude)}</span>}
      {execution === 'batch' && <span>batch API</span>}
      {Object.entries(labels).map(([name, value]) => (
        <span key={name} class="badge">
          {name}={value}
        </span>
      ))}
    </>
  )
}

function formatNames(names: string[]): string {
  const rest = names.length > 3 ? ` and ${names.length - 3} more` : ''
  return names.slice(0, 3).join(', ') + rest
}
