import type { CapabilityView } from '@capstan/shared/contract/capability'
import { formatNumber } from '../../../format/number.ts'
import { useRequest } from '../../../data/use-request.ts'
import { FaultNotice } from '../../../parts/fault-notice.tsx'
import { Loading } from '../../../parts/loading.tsx'
import { Link } from '../../../router/link.tsx'
import { compareRows, type ChangedAnswer, type RowComparison } from './compare-rows.ts'
import { readAllRows } from './read-all-rows.ts'

/** Rows of a list that are drawn before all of them are asked for. */
const SHOWN = 200

/** Types that only one of two clusters has, and types with other answers. */
export function ClusterComparison({ a, b }: { a: string; b: string }) {
  const read = useRequest(`${a} ${b}`, (signal) =>
    Promise.all([readAllRows(a, signal), readAllRows(b, signal)]),
  )
  if (read.error !== undefined) return <FaultNotice error={read.error} onRetry={read.reload} />
  if (read.data === undefined) return <Loading />
  const [rowsOfA, rowsOfB] = read.data
  const compared = compareRows(rowsOfA.rows, rowsOfB.rows)
  return (
    <>
      {(rowsOfA.isCut || rowsOfB.isCut) && (
        <div class="notice warn">Only the first 10,000 types of each cluster are compared.</div>
      )}
      <p class="muted">{describe(compared)}</p>
      <div class="side-by-side">
        <OnlyIn cluster={a} rows={compared.onlyA} />
        <OnlyIn cluster={b} rows={compared.onlyB} />
      </div>
      {compared.changed.length > 0 && <Changed changed={compared.changed} a={a} b={b} />}
    </>
  )
}

function describe({ same, changed, onlyA, onlyB }: RowComparison): string {
  const shared = `${formatNumber(same)} types have equal answers, ${formatNumber(changed.length)} differ`
  return `${shared}, ${formatNumber(onlyA.length + onlyB.length)} are in one cluster only.`
}

function OnlyIn({ cluster, rows }: { cluster: string; rows: CapabilityView[] }) {
  return (
    <section class="card" aria-label={`Only in ${cluster}`}>
      <div class="card-head">
        <h2>Only in {cluster}</h2>
        <span class="muted">{formatNumber(rows.length)}</span>
      </div>
      <ul class="card-body plain-list">
        {rows.slice(0, SHOWN).map(({ resource, description }) => (
          <li key={resource} title={description}>
            <Link to={toDetail(resource, cluster)}>{resource}</Link>
          </li>
        ))}
        {rows.length === 0 && <li class="muted">none</li>}
        {rows.length > SHOWN && <li class="muted">and {formatNumber(rows.length - SHOWN)} more</li>}
      </ul>
    </section>
  )
}

function Changed({ changed, a, b }: { changed: ChangedAnswer[]; a: string; b: string }) {
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
          {changed.slice(0, SHOWN).map((one) => (
            <tr key={one.resource}>
              <td>
                <Link to={toDetail(one.resource, a)}>{one.resource}</Link>
              </td>
              <td>{one.a.description}</td>
              <td>{one.b.description}</td>
              <td class="muted">{one.fields.join(', ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function toDetail(resource: string, cluster: string): string {
  return `catalog?${new URLSearchParams({ type: resource, of: cluster }).toString()}`
}
