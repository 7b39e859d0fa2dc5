import { useEffect } from 'preact/hooks'
import { pluralize } from '@capstan/shared/text/units'
import type { ScanDiff } from '@capstan/shared/contract/scan/scan-diff'
import { api } from '../../data/api.ts'
import { formatCurl } from '../../data/format-curl.ts'
import { ProblemError } from '../../data/problem-error.ts'
import { SERVER } from '../../data/request.ts'
import { useRequest, type RequestState } from '../../data/use-request.ts'
import { CopyAs } from '../../parts/copy-as.tsx'
import { FaultNotice } from '../../parts/fault-notice.tsx'
import { Link } from '../../router/link.tsx'
import { place } from '../../router/location.ts'
import { tabState } from '../../shell/use-title.ts'
import { AgainstField } from './against-field.tsx'
import { AnswerChanges } from './answer-changes.tsx'
import { NameList } from './name-list.tsx'

const PREVIOUS = 'previous'

/** What a scan found that differs from an earlier scan of its cluster. */
export function ChangesPage({ id = '' }: Record<string, string>) {
  const against = place.value.query.get('against') ?? PREVIOUS
  const read = useRequest(`${id} ${against}`, (signal) => api.diffScans(id, against, signal))
  useEffect(() => {
    tabState.value = { title: 'Changes – Capstan', icon: 'idle' }
  }, [])
  const query = against === PREVIOUS ? '' : `?against=${against}`
  return (
    <>
      <div class="page-head">
        <h1 class="scan-title">
          Changes of <Link to={`scans/${id}`}>this scan</Link>
        </h1>
        <CopyAs
          curl={formatCurl(`scans/${id}/diff${query}`)}
          cli={`capstan diff ${id} --against ${against} --server ${SERVER}`}
        />
      </div>
      <AgainstField
        scanId={id}
        against={read.error === undefined ? read.data?.against : undefined}
      />
      <Comparison id={id} read={read} />
    </>
  )
}

function Comparison({ id, read }: { id: string; read: RequestState<ScanDiff> }) {
  const { data, error, reload } = read
  if (error !== undefined) return <DiffFault id={id} error={error} onRetry={reload} />
  if (data !== undefined) return <Changes diff={data} />
  return (
    <div class="card card-body page-skeleton" aria-busy="true">
      <span class="skeleton" />
      <span class="skeleton" />
      <span class="skeleton" />
    </div>
  )
}

interface DiffFaultProps {
  id: string
  error: unknown
  onRetry: () => void
}

/** There is nothing to compare with, or the comparison failed. */
function DiffFault({ id, error, onRetry }: DiffFaultProps) {
  const problem = error instanceof ProblemError ? error.problem : undefined
  if (problem?.status !== 404) return <FaultNotice error={error} onRetry={onRetry} />
  return (
    <div class="card empty">
      <strong>{problem.detail ?? problem.title}</strong>
      <span>Compare with another scan, or scan the same types again later.</span>
      <Link to={`scans/${id}`} class="button">
        Back to the scan
      </Link>
    </div>
  )
}

function Changes({ diff }: { diff: ScanDiff }) {
  const { added, removed, changed, answersChanged, unknown, unchanged } = diff
  const differences = added.length + removed.length + changed.length + answersChanged.length
  return (
    <>
      {!diff.sameChoice && (
        <div class="notice">
          The scans selected different types. Only types of both are compared.
        </div>
      )}
      <p class="muted">
        {pluralize(unchanged, 'type')} unchanged
        {differences === 0 && ', and nothing else differs'}
      </p>
      <AnswerChanges diff={diff} />
      <div class="columns">
        <NameList title="New types" tone="good" names={added} scanId={diff.scan} />
        <NameList
          title="Gone from the cluster"
          tone="bad-text"
          names={removed}
          scanId={diff.against}
        />
        <NameList title="Definition changed" tone="busy" names={changed} scanId={diff.scan} />
        <NameList
          title="Unknown: the API group did not answer"
          tone="quiet"
          names={unknown}
          scanId={diff.scan}
        />
      </div>
    </>
  )
}
