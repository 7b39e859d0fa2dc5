import type { ProviderList } from '@capstan/shared/contract/providers/provider-list'
import { QueueStatus } from '@capstan/shared/contract/queue/queue-status'
import type { WorkerStatus } from '@capstan/shared/contract/worker-status'
import { listWorkers } from '@capstan/scan-store/workers/worker-registry'
import type { ApiDeps } from '../../deps.ts'
import { readProviderList } from '../../providers/read-provider-list.ts'
import { readQueueStatus } from '../../queue/read-queue-status.ts'
import { createTopicFrame } from '../frame.ts'
import type { ScanChannels } from '../scan-channels.ts'
import { openFollowedScans, type FollowedScans } from './followed-scans.ts'
import { openPolledState, type PolledState } from './polled-state.ts'
import { openScanListChannel, type ScanListChannel } from './scan-list-channel.ts'

export interface QueueState {
  queue: QueueStatus
  workers: WorkerStatus[]
}

/** The sources of all topics. Clients of this process share them. */
export interface TopicSources {
  scans: ScanListChannel
  queue: PolledState<QueueState>
  providers: PolledState<ProviderList>
  /** Topics `scan:<id>`. */
  channels: ScanChannels
  followed: FollowedScans
}

export function openTopics(deps: ApiDeps, channels: ScanChannels): TopicSources {
  return {
    channels,
    followed: openFollowedScans({ journal: deps.journal, channels }),
    scans: openScanListChannel(deps),
    queue: openPolledState({
      read: async () => {
        const [queue, workers] = await Promise.all([
          readQueueStatus(deps),
          listWorkers(deps.redis, deps.keys),
        ])
        return { queue, workers }
      },
      createFrame: (state) => createTopicFrame('queue.changed', { ...state }),
      log: deps.log,
    }),
    providers: openPolledState({
      read: () => readProviderList(deps),
      createFrame: (providers) => createTopicFrame('providers.changed', { providers }),
      log: deps.log,
    }),
  }
}
