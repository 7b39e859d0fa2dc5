import type { Io } from '../io.ts'

export const PROGRESS_CHOICES = ['auto', 'tty', 'plain', 'json', 'none'] as const
export type ProgressChoice = (typeof PROGRESS_CHOICES)[number]
export type ProgressMode = Exclude<ProgressChoice, 'auto'>

/** `auto` redraws only in a terminal that supports it. */
export function chooseProgress(
  requested: ProgressChoice,
  io: Pick<Io, 'errIsTerminal' | 'environment'>,
): ProgressMode {
  if (requested !== 'auto') return requested
  return io.errIsTerminal && io.environment['TERM'] !== 'dumb' ? 'tty' : 'plain'
}
