import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import type { Queue } from 'bullmq'
import { scrub } from '@capstan/shared/text/scrub'

/** Jobs hold references only. This is for the day when one holds more. */
const MOST_SHOWN = 1_000
const HASH = /"([0-9a-f]{12})[0-9a-f]{52}"/g

/** A queue as the board shows it. */
export class ReadOnlyQueue extends BullMQAdapter {
  /** Shown in place of the name; empty: the name. */
  title = ''
  /** Describes the queue. */
  text = ''

  override getDisplayName(): string {
    return this.title
  }

  override getDescription(): string {
    return this.text
  }
}

/** Where more can be read about a job. */
export interface JobLink {
  displayText: string
  /** Undefined for a job whose data cannot be read. */
  hrefFor: (data: unknown) => string | undefined
}

/** Shows a queue without a way to change it. */
export function readOnlyQueue(queue: Queue, link?: JobLink): ReadOnlyQueue {
  const adapter = new ReadOnlyQueue(queue, {
    readOnlyMode: true,
    allowRetries: false,
    ...(link && {
      externalJobUrl: ({ data }) => ({
        displayText: link.displayText,
        href: link.hrefFor(data) ?? '',
      }),
    }),
  })
  adapter.setFormatter('data', (data: unknown) => shortened(data))
  adapter.setFormatter('returnValue', (value: unknown) => shortened(value))
  return adapter
}

/** Room for what matters: names of definitions fill two lines, and the return value stands below them. */
function shortened(value: unknown): unknown {
  const text = JSON.stringify(value ?? null).replaceAll(HASH, '"$1…"')
  return text.length <= MOST_SHOWN ? JSON.parse(text) : scrub(text, [], MOST_SHOWN)
}
