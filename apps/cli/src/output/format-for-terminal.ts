import type { Io } from '../io.ts'
import { rewriteCommands } from '../program/rewrite-commands.ts'
import { wrapText } from './wrap-text.ts'

/** Lines are wrapped for at least this width. */
const LEAST_COLUMNS = 20

/** Prepares text for stdout or stderr: wraps it to the terminal and rewrites commands for this user. */
export function formatForTerminal(
  io: Pick<Io, 'program' | 'columns' | 'outIsTerminal' | 'errIsTerminal'>,
  stream: 'out' | 'err',
  text: string,
): string {
  const local = rewriteCommands(text, io.program)
  const columns = readTerminalColumns(io, stream)
  return columns === undefined ? local : wrapText(local, columns, io.program)
}

/** Width of the terminal of a stream; undefined for a file or a pipe. */
export function readTerminalColumns(
  io: Pick<Io, 'columns' | 'outIsTerminal' | 'errIsTerminal'>,
  stream: 'out' | 'err',
): number | undefined {
  const isTerminal = stream === 'out' ? io.outIsTerminal : io.errIsTerminal
  return isTerminal ? Math.max(LEAST_COLUMNS, io.columns()) : undefined
}
