import type { WriteStream } from 'node:tty'

/**
 * Makes writes to a terminal wait in memory, as those to a pipe do. Node makes terminals blocking: one that is stopped by
 * Ctrl-S would stop the process with it.
 */
export function disableBlockingWrites(stream: WriteStream): void {
  const { _handle: handle } = stream as { _handle?: { setBlocking?: (on: boolean) => void } }
  if (stream.isTTY) handle?.setBlocking?.(false)
}
