import type { WriteStream } from 'node:tty'
import { isRecord } from '../json/is-record.ts'

/**
 * Makes writes to a terminal asynchronous, like those to a pipe. Node.js makes terminals blocking, so Ctrl-S would stop the
 * process.
 */
export function disableBlockingWrites(stream: WriteStream): void {
  if (!stream.isTTY || !('_handle' in stream)) return
  const { _handle: handle } = stream
  if (!isRecord(handle) || typeof handle['setBlocking'] !== 'function') return
  Reflect.apply(handle['setBlocking'], handle, [false])
}
