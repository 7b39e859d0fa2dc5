import type { Scan } from '@capstan/shared/contract/scan/scan'
import { formatThrottle } from './format-throttle.ts'
import { toPlainText } from '@capstan/shared/text/to-plain-text'

type HeldUp = Pick<Scan, 'id' | 'status' | 'pause' | 'throttle'>

/** Formats why a scan is blocked, what to check, and the commands to continue. */
export function formatHeldUpScan(scan: HeldUp, program: string): string[] {
  const { id, status } = scan
  const isPaused = status === 'paused'
  const state = isPaused ? 'is paused' : 'is blocked'
  const hint = findHint(scan)
  return [
    `! ${id} ${state}: ${toPlainText(describeBlocks(scan))}`,
    ...(hint === undefined ? [] : [`  fix:            ${toPlainText(hint)}`]),
    ...(isPaused ? [`  resume it:      ${program} resume ${id}`] : []),
    `  watch it again: ${program} watch ${id}`,
  ]
}

function describeBlocks({ pause, throttle }: HeldUp): string {
  if (pause) return pause.problem?.title ?? pause.reason
  return throttle ? formatThrottle(throttle) : 'no type has finished for a long time'
}

/** Returns the hint of the last failed call. */
export function findHint({
  pause,
  throttle,
}: Pick<Scan, 'pause' | 'throttle'>): string | undefined {
  const named = pause?.problem ?? pause?.fault ?? throttle?.fault
  return named?.hint
}
