import type { Scan } from '@capstan/shared/contract/scan/scan'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { throttleText } from './throttle-text.ts'

type HeldUp = Pick<Scan, 'id' | 'status' | 'pause' | 'throttle'>

/** Why a scan does not go on, what to check, and the commands for afterwards. */
export function heldUpLines(scan: HeldUp, program: string): string[] {
  const { id, status } = scan
  const isPaused = status === 'paused'
  const state = isPaused ? 'is paused' : 'does not go on'
  const hint = hintFor(scan)
  return [
    `! ${id} ${state}: ${toPlainText(whyHeldUp(scan))}`,
    ...(hint === undefined ? [] : [`  fix:            ${toPlainText(hint)}`]),
    ...(isPaused ? [`  go on:          ${program} resume ${id}`] : []),
    `  watch it again: ${program} watch ${id}`,
  ]
}

function whyHeldUp({ pause, throttle }: HeldUp): string {
  if (pause) return pause.problem?.title ?? pause.reason
  return throttle ? throttleText(throttle) : 'nothing of it has ended for long'
}

/** What to check, as the last failure of its calls names it. */
export function hintFor({ pause, throttle }: Pick<Scan, 'pause' | 'throttle'>): string | undefined {
  const named = pause?.problem ?? pause?.fault ?? throttle?.fault
  return named?.hint
}
