import { fstatSync, writeSync } from 'node:fs'
import type { WriteStream } from 'node:tty'
import { disableBlockingWrites } from './disable-blocking-writes.ts'

/** Destination of a log. Takes whole lines and never blocks the process. */
export interface LogDestination {
  write(line: string): void
}

/** Buffer for a slow reader. Further lines are dropped. */
const BACKLOG_BYTES = 1024 * 1024

/**
 * Opens stderr of this process as the destination of a log. A stopped reader must not block the process: beyond 1 MiB of
 * unread lines, and after EPIPE, lines are dropped. The next line that fits reports their number as `dropped`.
 */
export function openLogDestination(): LogDestination {
  return fstatSync(2).isFile() ? toFile() : toStream(process.stderr)
}

/** Writes synchronously, so that the last line before an exit is kept. A file has no reader that could block. */
function toFile(): LogDestination {
  const { write, flush } = countDropped((text) => {
    try {
      writeSync(2, text)
      return true
    } catch {
      return false // a full disk, for example
    }
  })
  return {
    write: (line) => {
      flush()
      write(line)
    },
  }
}

function toStream(stream: WriteStream): LogDestination {
  let isDead = false
  const { write, flush } = countDropped((text) => {
    if (isDead || stream.writableLength + text.length > BACKLOG_BYTES) return false
    stream.write(text)
    return true
  })
  stream.on('error', () => (isDead = true))
  // Only after the buffer is empty: otherwise a count would follow each single line that fits.
  stream.on('drain', flush)
  disableBlockingWrites(stream)
  return { write }
}

/** Counts lines that could not be written. After the first one, all lines are dropped until `flush` writes the count. */
function countDropped(tryWrite: (text: string) => boolean): {
  write: (line: string) => void
  flush: () => void
} {
  let dropped = 0
  return {
    write: (line) => {
      if (dropped > 0 || !tryWrite(line)) dropped += 1
    },
    flush: () => {
      if (dropped > 0 && tryWrite(formatDropped(dropped))) dropped = 0
    },
  }
}

/** A line in the format of pino. */
function formatDropped(dropped: number): string {
  const msg = 'log lines were dropped because nothing read them or there was no space'
  return `${JSON.stringify({ level: 40, time: Date.now(), pid: process.pid, dropped, msg })}\n`
}
