import { sleep } from '@capstan/shared/async/sleep'
/**
 * Waits until `probe` answers something other than undefined, asking again every `everyMs`. For states of
 * other processes that send no event. Throws with `what` after `withinMs`: a bound against hanging, not a
 * measurement.
 */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined> | T | undefined,
  { withinMs = 120_000, everyMs = 50 }: { withinMs?: number; everyMs?: number } = {},
): Promise<T> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const found = await probe()
    if (found !== undefined) return found
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms in vain for ${what}`)
    await sleep(everyMs)
  }
}
