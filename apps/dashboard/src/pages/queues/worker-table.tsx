import type { WorkerStatus } from '@capstan/shared/contract/worker-status'
import { formatAge } from '@capstan/shared/text/units'
import { now } from '../../format/clock.ts'
import { WorkerSlots } from './worker-slots.tsx'
import { TableHead } from '../../parts/table-head.tsx'

/** Live worker processes with their slots. */
export function WorkerTable({ workers }: { workers: readonly WorkerStatus[] }) {
  return (
    <section class="card" aria-label="Workers">
      <div class="card-head">
        <h2>Workers</h2>
        <span class="muted">{workers.length} online</span>
      </div>
      <div class="table-wrap roomy" tabIndex={0}>
        <table>
          <TableHead columns={['Worker', 'Slots', 'Providers', 'Version', 'Up for', 'Heartbeat']} />
          <tbody>
            {workers.map((worker) => (
              <tr key={worker.id}>
                <td>
                  <code>{worker.id}</code>{' '}
                  <span class="muted">
                    {worker.host}, process {worker.pid}
                  </span>
                  {worker.draining && <span class="badge warn-text">draining</span>}
                </td>
                <td>
                  <WorkerSlots active={worker.active} slots={worker.concurrency} />
                </td>
                <td class="muted">
                  {worker.providers.map(({ provider }) => provider).join(', ') || 'none'}
                </td>
                <td class="muted">{worker.version}</td>
                <td class="muted">{formatAge(worker.startedAt, now.value)}</td>
                <td class="muted">{formatAge(worker.lastSeen, now.value)} ago</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
