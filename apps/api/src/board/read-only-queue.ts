import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import type { Queue } from 'bullmq'
import { scrub } from '@capstan/shared/text/scrub'

/** Jobs hold references only. This is for the day when one holds more. */
const MOST_SHOWN = 1_000

/** A queue as the board shows it; `text` describes it. */
export class ReadOnlyQueue extends BullMQAdapter {
  text = ''

  override getDescription(): string {
    return this.text
  }
}

/** Shows a queue without a way to change it. `jobUrl`: where a job's item can be read. */
export function readOnlyQueue(
  queue: Queue,
  jobUrl?: (data: unknown) => string | undefined,
): ReadOnlyQueue {
  const adapter = new ReadOnlyQueue(queue, {
    readOnlyMode: true,
    allowRetries: false,
    ...(jobUrl && { externalJobUrl: (job) => linkTo(jobUrl(job.data)) }),
  })
  adapter.setFormatter('data', (data: unknown) => shortened(data))
  adapter.setFormatter('returnValue', (value: unknown) => shortened(value))
  return adapter
}

function linkTo(href: string | undefined) {
  return { displayText: 'Type in its scan', href: href ?? '' }
}

function shortened(value: unknown): unknown {
  const text = JSON.stringify(value ?? null)
  return text.length <= MOST_SHOWN ? value : scrub(text, [], MOST_SHOWN)
}
