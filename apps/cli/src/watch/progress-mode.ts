import type { Io } from '../io.ts'

export const PROGRESS_CHOICES = ['auto', 'tty', 'plain', 'json', 'none'] as const
export type ProgressAsked = (typeof PROGRESS_CHOICES)[number]
export type ProgressMode = Exclude<ProgressAsked, 'auto'>

/** `auto` redraws only where a person looks at a terminal that can. */
export function chooseProgress(
  asked: ProgressAsked,
  io: Pick<Io, 'errIsTerminal' | 'environment'>,
): ProgressMode {
  if (asked !== 'auto') return asked
  return io.errIsTerminal && io.environment['TERM'] !== 'dumb' ? 'tty' : 'plain'
}
