import type { EventStream } from '../event-stream.ts'
import type { TopicSources } from './open-topics.ts'
import type { Topics } from './parse-topics.ts'
import type { JoinedScanList } from './scan-list-channel.ts'

export interface JoinedTopics {
  /** Undefined without the topic `scans`. */
  scanList: JoinedScanList | undefined
  leave: () => void
}

/** Pushes every later frame of these topics into the stream. */
export async function joinTopics(
  sources: TopicSources,
  { names, scanIds }: Topics,
  stream: EventStream,
): Promise<JoinedTopics> {
  const leaves: (() => void)[] = []
  const leave = (): void => {
    for (const one of leaves) one()
  }
  try {
    if (names.has('queue')) leaves.push(sources.queue.join(stream))
    if (names.has('providers')) leaves.push(sources.providers.join(stream))
    for (const scanId of scanIds) leaves.push(await sources.channels.join(scanId, stream))
    const scanList = names.has('scans') ? await sources.scans.join(stream) : undefined
    if (scanList) leaves.push(scanList.leave)
    return { scanList, leave }
  } catch (error) {
    leave()
    throw error
  }
}
