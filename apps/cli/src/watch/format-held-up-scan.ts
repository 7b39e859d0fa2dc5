import type { Scan } from '@capstan/shared/contract/scan/scan'
import { formatThrottle } from './format-throttle.ts'
import { toPlainText } from '@capstan/shared/text/to-plain-text'

type HeldUp = Pick<Scan, 'id' | 'status' | 'pause' | 'throttle'>

/** Formats why a scan is blocked, what to check, and the commands to continue. */
export function formatHeldUpScan(scan: HeldUp, program: string): string[] {
  const { id, status } = scan
  const isPaused = status === 'paused'
  const state = isPaused ? 'is paused' : 'does not go on'
  const hint = findHint(scan)
  return [
    `! ${id} ${state}: ${toPlainText(whyHeldUp(scan))}`,
    ...(hint === undefined ? [] : [`  fix:            ${toPlainText(hint)}`]),
    ...(isPaused ? [`  go on:          ${program} resume ${id}`] : []),
    `  watch it again: ${program} watch ${id}`,
  ]
}

function whyHeldUp({ pause, throttle }: HeldUp): string {
  if (pause) return pause.problem?.title ?? pause.reason
  return throttle ? formatThrottle(throttle) : 'nothing of it has ended for long'
}

/** Returns the hint of the last failed call. */
export function findHint({
  pause,
  throttle,
}: Pick<Scan, 'pause' | 'throttle'>): string | undefined {
  const named = pause?.problem ?? pause?.fault ?? throttle?.fault
  return named?.hint
}
