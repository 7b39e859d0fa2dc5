import type { ClusterComparison } from '@capstan/shared/contract/catalog/cluster-comparison'
import { api, type ClusterPair } from '../../../data/api.ts'
import { formatNumber } from '../../../format/number.ts'
import { useRequest } from '../../../data/use-request.ts'
import { ShowMore } from './show-more.tsx'
import { useMoreTypes } from './use-more-types.ts'
import { FaultNotice } from '../../../parts/fault-notice.tsx'
import { Loading } from '../../../parts/loading.tsx'
import { Link } from '../../../router/link.tsx'

/** Types that only one of two clusters has, and types with other answers. */
export function ComparedClusters({ a, b }: { a: string; b: string }) {
  const pair = { cluster: a, other: b }
  const read = useRequest(`${a} ${b}`, (signal) =>
    Promise.all([
      api.compareClusters(pair, { only: 'cluster' }, signal),
      api.compareClusters(pair, { only: 'with' }, signal),
      api.compareClusters(pair, { only: 'different' }, signal),
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
        <OnlyIn of={a} only="cluster" pair={pair} first={onlyA} />
        <OnlyIn of={b} only="with" pair={pair} first={onlyB} />
      </div>
      {counts.different > 0 && <Changed pair={pair} first={different} />}
    </>
  )
}

function describe({ same, different, cluster, with: other }: ClusterComparison['counts']): string {
  const shared = `${formatNumber(same)} types have equal answers, ${formatNumber(different)} differ`
  return `${shared}, ${formatNumber(cluster + other)} have an answer for one cluster only. A type that was never scanned has none.`
}

interface OnlyInProps {
  of: string
  only: 'cluster' | 'with'
  pair: ClusterPair
  /** The first page. */
  first: ClusterComparison
}

function OnlyIn({ of, only, pair, first }: OnlyInProps) {
  const more = useMoreTypes(pair, only, first)
  const count = first.counts[only]
  return (
    <section class="card" aria-label={`Only in ${of}`}>
      <div class="card-head">
        <h2>Only in {of}</h2>
        <span class="muted">{formatNumber(count)}</span>
      </div>
      <ul class="card-body plain-list">
        {more.types.map(({ resource, cluster: row, with: other }) => (
          <li key={resource} title={(row ?? other)?.description}>
            <Link to={toDetail(resource, of)}>{resource}</Link>
          </li>
        ))}
        {count === 0 && <li class="muted">none</li>}
      </ul>
      <ShowMore more={more} count={count} />
    </section>
  )
}

interface ChangedProps {
  pair: ClusterPair
  /** The first page. */
  first: ClusterComparison
}

function Changed({ pair, first }: ChangedProps) {
  const { cluster: a, other: b } = pair
  const more = useMoreTypes(pair, 'different', first)
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
          {more.types.map((one) => (
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
      <ShowMore more={more} count={first.counts.different} />
    </section>
  )
}

function toDetail(resource: string, cluster: string): string {
  return `catalog?${new URLSearchParams({ type: resource, of: cluster }).toString()}`
}
