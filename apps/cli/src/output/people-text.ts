import type { Io } from '../io.ts'
import { localCommands } from '../program/local-commands.ts'
import { wrapText } from './wrap-text.ts'

/** The narrowest terminal that lines are made for. */
const LEAST_COLUMNS = 20

/** Text for people as it goes to stdout or stderr: within the terminal, with commands that work for this user. */
export function peopleText(
  io: Pick<Io, 'program' | 'columns' | 'outIsTerminal' | 'errIsTerminal'>,
  stream: 'out' | 'err',
  text: string,
): string {
  const local = localCommands(text, io.program)
  const columns = terminalColumns(io, stream)
  return columns === undefined ? local : wrapText(local, columns, io.program)
}

/** Width of the terminal that the stream goes to; undefined for a file or a pipe. */
export function terminalColumns(
  io: Pick<Io, 'columns' | 'outIsTerminal' | 'errIsTerminal'>,
  stream: 'out' | 'err',
): number | undefined {
  const isTerminal = stream === 'out' ? io.outIsTerminal : io.errIsTerminal
  return isTerminal ? Math.max(LEAST_COLUMNS, io.columns()) : undefined
}
