import { fstatSync, writeSync } from 'node:fs'
import type { WriteStream } from 'node:tty'
import { disableBlockingWrites } from './disable-blocking-writes.ts'

/** What a log is written to: takes whole lines and never blocks the process. */
export interface LogDestination {
  write(line: string): void
}

/** Lines that wait for a slow reader; what comes beyond is left out. */
const BACKLOG_BYTES = 1024 * 1024

/**
 * stderr of this process as a destination for a log. A reader that stopped reading, or has ended, costs lines and not
 * the process: beyond 1 MiB of unread lines each further one is left out, and all of them after EPIPE. As soon as there
 * is room again a line with `dropped` says how many.
 */
export function openLogDestination(): LogDestination {
  return fstatSync(2).isFile() ? toFile() : toStream(process.stderr)
}

/** Synchronous, so that the last line before an end is there; a file has no reader that could hold it up. */
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
  // Not before everything was read: else a count would follow each single line that still fits.
  stream.on('drain', flush)
  disableBlockingWrites(stream)
  return { write }
}

/** Counts the lines that could not be written. From the first one on, all are left out until `flush` writes the count. */
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
      if (dropped > 0 && tryWrite(droppedLine(dropped))) dropped = 0
    },
  }
}

/** In the form of pino, whose lines stand around it. */
function droppedLine(dropped: number): string {
  const msg = 'log lines were dropped because nothing read them or there was no space'
  return `${JSON.stringify({ level: 40, time: Date.now(), pid: process.pid, dropped, msg })}\n`
}
