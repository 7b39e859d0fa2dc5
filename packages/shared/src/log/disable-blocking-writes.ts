import type { WriteStream } from 'node:tty'

/**
 * Makes writes to a terminal asynchronous, like those to a pipe. Node.js makes terminals blocking, so Ctrl-S would stop the
 * process.
 */
export function disableBlockingWrites(stream: WriteStream): void {
  const { _handle: handle } = stream as { _handle?: { setBlocking?: (on: boolean) => void } }
  if (stream.isTTY) handle?.setBlocking?.(false)
}
