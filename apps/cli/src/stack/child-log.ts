import { closeSync, fstatSync, mkdirSync, openSync, readSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { toPlainText } from '@capstan/shared/text/to-plain-text'

/** Destination of the output of child processes: files in a folder, or stderr of this process. */
export type LogTarget = { folder: string } | 'stderr'

export interface ChildLog {
  /** Passed to `stdio` of spawn. */
  fd: number
  /** Description of the log location for people. */
  place: string
  /** Last lines since the log was opened; empty when they went to stderr. */
  tail(): string[]
  close(): void
}

const KEEP_BYTES = 10 * 1024 * 1024
const TAIL_BYTES = 4_096
const TAIL_LINES = 6

/** A file instead of a pipe, so that a child can still log after its parent has died. */
export function openChildLog(target: LogTarget, name: string): ChildLog {
  if (target === 'stderr') return { fd: 2, place: 'above', tail: () => [], close: () => undefined }
  mkdirSync(target.folder, { recursive: true, mode: 0o700 })
  const file = join(target.folder, `${name}.log`)
  if (readSize(file) > KEEP_BYTES) renameSync(file, `${file}.old`)
  const fd = openSync(file, 'a+', 0o600)
  const begin = fstatSync(fd).size
  return {
    fd,
    place: file,
    tail: () => readLastLines(file, begin),
    close: () => closeSync(fd),
  }
}

function readLastLines(file: string, begin: number): string[] {
  const fd = openSync(file, 'r')
  try {
    const from = Math.max(begin, fstatSync(fd).size - TAIL_BYTES)
    const buffer = Buffer.alloc(TAIL_BYTES)
    const length = readSync(fd, buffer, 0, TAIL_BYTES, from)
    return buffer
      .toString('utf8', 0, length)
      .split('\n')
      .filter(Boolean)
      .slice(-TAIL_LINES)
      .map(formatLogLine)
  } finally {
    closeSync(fd)
  }
}

/** Returns the message of a log line, or the line itself. It may quote untrusted cluster data. */
function formatLogLine(line: string): string {
  try {
    const entry: unknown = JSON.parse(line)
    const hasMessage = typeof entry === 'object' && entry !== null && 'msg' in entry
    return toPlainText(hasMessage ? String(entry.msg) : line)
  } catch {
    return toPlainText(line)
  }
}

function readSize(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}
