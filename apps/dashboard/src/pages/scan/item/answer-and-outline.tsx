import type { CapabilityView } from '@capstan/shared/contract/capability'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import { api } from '../../../data/api.ts'
import { ProblemError } from '../../../data/problem-error.ts'
import { useRequest } from '../../../data/use-request.ts'
import { FaultNotice } from '../../../parts/fault-notice.tsx'
import { Answer } from './answer.tsx'
import { Outline } from './outline.tsx'

/** The answer of a type beside the definition that the model saw. */
export function AnswerAndOutline({ scan, item }: { scan: Scan; item: ScanItem }) {
  const { cluster } = scan
  const { resource, status, finishedAt } = item
  const answer = useRequest(`${cluster} ${resource} ${status} ${finishedAt}`, (signal) =>
    readAnswer(cluster, resource, signal),
  )
  return (
    <div class="side-by-side">
      <section aria-labelledby="outline">
        <h3 id="outline">What the model saw</h3>
        <Outline cluster={cluster} resource={resource} answer={answer.data ?? undefined} />
      </section>
      <section aria-labelledby="answer">
        <h3 id="answer">What it answered</h3>
        {answer.error !== undefined && <FaultNotice error={answer.error} onRetry={answer.reload} />}
        {answer.data === null && <p class="muted">The catalog has no answer of this type yet.</p>}
        {answer.data && <Answer row={answer.data} scanId={scan.id} onChange={answer.reload} />}
      </section>
    </div>
  )
}

/** Null when the catalog has no row of the type. */
async function readAnswer(
  cluster: string,
  resource: string,
  signal: AbortSignal,
): Promise<CapabilityView | null> {
  try {
    return await api.readCapability(cluster, resource, signal)
  } catch (error) {
    if (error instanceof ProblemError && error.problem?.status === 404) return null
    throw error
  }
}
