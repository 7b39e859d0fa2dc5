import type {
  ClusterComparison,
  ComparedType,
} from '@capstan/shared/contract/catalog/cluster-comparison'
import { api } from '../../../data/api.ts'
import { formatNumber } from '../../../format/number.ts'
import { useRequest } from '../../../data/use-request.ts'
import { FaultNotice } from '../../../parts/fault-notice.tsx'
import { Loading } from '../../../parts/loading.tsx'
import { Link } from '../../../router/link.tsx'

/** Types that only one of two clusters has, and types with other answers. */
export function ComparedClusters({ a, b }: { a: string; b: string }) {
  const read = useRequest(`${a} ${b}`, (signal) =>
    Promise.all([
      api.compareClusters(a, b, 'cluster', signal),
      api.compareClusters(a, b, 'with', signal),
      api.compareClusters(a, b, 'different', signal),
    ]),
  )
  if (read.error !== undefined) return <FaultNotice error={read.error} onRetry={read.reload} />
  if (read.data === undefined) return <Loading />
  const [onlyA, onlyB, different] = read.data
  const { counts } = different
  return (
    <>
      <p class="muted">{describe(counts)}</p>
      <div class="side-by-side">
        <OnlyIn cluster={a} types={onlyA.data} count={counts.cluster} />
        <OnlyIn cluster={b} types={onlyB.data} count={counts.with} />
      </div>
      {counts.different > 0 && (
        <Changed changed={different.data} count={counts.different} a={a} b={b} />
      )}
    </>
  )
}

function describe({ same, different, cluster, with: other }: ClusterComparison['counts']): string {
  const shared = `${formatNumber(same)} types have equal answers, ${formatNumber(different)} differ`
  return `${shared}, ${formatNumber(cluster + other)} are in one cluster only.`
}

interface OnlyInProps {
  cluster: string
  /** The first types. */
  types: ComparedType[]
  /** Number of all types. */
  count: number
}

function OnlyIn({ cluster, types, count }: OnlyInProps) {
  return (
    <section class="card" aria-label={`Only in ${cluster}`}>
      <div class="card-head">
        <h2>Only in {cluster}</h2>
        <span class="muted">{formatNumber(count)}</span>
      </div>
      <ul class="card-body plain-list">
        {types.map(({ resource, cluster: row, with: other }) => (
          <li key={resource} title={(row ?? other)?.description}>
            <Link to={toDetail(resource, cluster)}>{resource}</Link>
          </li>
        ))}
        {count === 0 && <li class="muted">none</li>}
        {count > types.length && (
          <li class="muted">and {formatNumber(count - types.length)} more</li>
        )}
      </ul>
    </section>
  )
}

interface ChangedProps {
  changed: ComparedType[]
  count: number
  a: string
  b: string
}

function Changed({ changed, count, a, b }: ChangedProps) {
  return (
    <section class="card table-wrap" aria-label="Other answers">
      <table>
        <thead>
          <tr>
            <th scope="col">Type</th>
            <th scope="col">{a}</th>
            <th scope="col">{b}</th>
            <th scope="col">Differs in</th>
          </tr>
        </thead>
        <tbody>
          {changed.map((one) => (
            <tr key={one.resource}>
              <td>
                <Link to={toDetail(one.resource, a)}>{one.resource}</Link>
              </td>
              <td>{one.cluster?.description}</td>
              <td>{one.with?.description}</td>
              <td class="muted">{one.fields.join(', ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {count > changed.length && (
        <p class="muted">and {formatNumber(count - changed.length)} more</p>
      )}
    </section>
  )
}

function toDetail(resource: string, cluster: string): string {
  return `catalog?${new URLSearchParams({ type: resource, of: cluster }).toString()}`
}
