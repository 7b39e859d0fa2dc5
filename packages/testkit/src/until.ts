import { sleep } from '@capstan/shared/async/sleep'
/**
 * Polls `probe` every `everyMs` until it returns a value other than undefined, for states of other processes
 * without events. Throws with `what` after `withinMs`, which guards against hanging and is not a measurement.
 */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined> | T | undefined,
  { withinMs = 300_000, everyMs = 50 }: { withinMs?: number; everyMs?: number } = {},
): Promise<T> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const found = await probe()
    if (found !== undefined) return found
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms in vain for ${what}`)
    await sleep(everyMs)
  }
}
