import type { QueueStatus } from '@capstan/shared/contract/queue/queue-status'
import { formatNumber } from '../../format/number.ts'

/** The queues of all routes in a few numbers. */
export function QueueTiles({ queue }: { queue: QueueStatus }) {
  const { counts, backlog, workers, desiredWorkers } = queue
  const tiles: [name: string, value: string, note: string][] = [
    ['Backlog', formatNumber(backlog), 'unfinished jobs, one for each type'],
    ['Running', formatNumber(counts.active), 'jobs in a slot of a worker'],
    ['Waiting', formatNumber(counts.waiting + counts.prioritized), 'jobs that can start'],
    ['Delayed', formatNumber(counts.delayed), 'jobs that are retried later'],
    ['Workers', formatNumber(workers), `present, ${formatNumber(desiredWorkers)} wanted`],
  ]
  return (
    <div class="tiles">
      {tiles.map(([name, value, note]) => (
        <div key={name} class="tile">
          <span class="muted">{name}</span>
          <strong>{value}</strong>
          <span class="muted">{note}</span>
        </div>
      ))}
    </div>
  )
}
