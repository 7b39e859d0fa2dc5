import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import type { Queue } from 'bullmq'
import { scrub } from '@capstan/shared/text/scrub'

/** Maximum length of displayed job data. Jobs hold references only; the limit guards against future payloads. */
const MAX_LENGTH = 1_000
const HASH = /"([0-9a-f]{12})[0-9a-f]{52}"/g

/** A BullMQ queue adapter for the board. */
export class ReadOnlyQueue extends BullMQAdapter {
  /** Title on the board; empty shows the name of the queue. */
  title = ''
  /** Description on the board. */
  text = ''

  override getDisplayName(): string {
    return this.title
  }

  override getDescription(): string {
    return this.text
  }
}

/** Link from a job to its page in the dashboard. */
export interface JobLink {
  displayText: string
  /** Returns undefined for unreadable job data. */
  hrefFor: (data: unknown) => string | undefined
}

/** Creates an adapter without any write operation. */
export function createReadOnlyQueue(queue: Queue, link?: JobLink): ReadOnlyQueue {
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
  adapter.setFormatter('data', (data: unknown) => shorten(data))
  adapter.setFormatter('returnValue', (value: unknown) => shorten(value))
  return adapter
}

/** Shortens hashes: definition references fill two lines and push the return value down. */
function shorten(value: unknown): unknown {
  const text = JSON.stringify(value ?? null).replaceAll(HASH, '"$1…"')
  return text.length <= MAX_LENGTH ? JSON.parse(text) : scrub(text, [], MAX_LENGTH)
}
