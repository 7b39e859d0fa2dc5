import { useEffect } from 'preact/hooks'
import type { QueueStatus } from '@capstan/shared/contract/queue/queue-status'
import { formatCurl } from '../../data/format-curl.ts'
import { isAllowed } from '../../data/is-allowed.ts'
import { loadServerState } from '../../data/load-server-state.ts'
import { SERVER } from '../../data/request.ts'
import { queueStatus, workerList } from '../../data/server-state.ts'
import { useRequest } from '../../data/use-request.ts'
import { CopyAs } from '../../parts/copy-as.tsx'
import { FirstRead } from '../../parts/first-read.tsx'
import { Icon } from '../../parts/icon.tsx'
import { tabState } from '../../shell/use-title.ts'
import { BOARD } from './board-url.ts'
import { NoWorker } from './no-worker.tsx'
import { PauseAll } from './pause-all.tsx'
import { QueueTiles } from './queue-tiles.tsx'
import { RouteTable } from './route-table.tsx'
import { Schedules } from './schedules/schedules.tsx'
import { WorkerTable } from './worker-table.tsx'

/** Backlog of each route, the workers, and scans by schedule. */
export function QueuesPage() {
  const first = useRequest('queues', loadServerState)
  useEffect(() => {
    tabState.value = { title: 'Queues and workers – Capstan', icon: 'idle' }
  }, [])
  const queue = queueStatus.value
  return (
    <>
      <div class="page-head">
        <h1>Queues and workers</h1>
        <div class="row">
          {queue && <PauseAll isPaused={queue.paused} />}
          {isAllowed('operator') && (
            <a class="button" href={BOARD}>
              <Icon name="external" /> Bull Board
            </a>
          )}
        </div>
      </div>
      {queue ? <Queues queue={queue} /> : <FirstRead state={first} />}
      <Schedules />
      <CopyAs curl={formatCurl('queue')} cli={`capstan get workers --server ${SERVER}`} />
    </>
  )
}

function Queues({ queue }: { queue: QueueStatus }) {
  const workers = workerList.value
  return (
    <>
      {queue.paused && (
        <div class="notice calm-soft" role="status">
          <strong class="status calm">
            <Icon name="bars" /> All queues are paused
          </strong>
          <span>Running jobs finish; no other job starts until the queues are resumed.</span>
        </div>
      )}
      {workers?.length === 0 && <NoWorker />}
      <QueueTiles queue={queue} />
      <RouteTable routes={queue.routes} />
      {workers && workers.length > 0 && <WorkerTable workers={workers} />}
    </>
  )
}
