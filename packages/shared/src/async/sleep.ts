import { setTimeout as wait } from 'node:timers/promises'

/**
 * Resolves after `ms`, or as soon as `signal` aborts. Never rejects: a loop checks the signal itself. Code that must not
 * continue after an abort uses `setTimeout` of node:timers/promises, which rejects.
 * `ref: false`: the timer does not keep the process alive.
 */
export async function sleep(
  ms: number,
  options: { signal?: AbortSignal; ref?: boolean } = {},
): Promise<void> {
  await wait(ms, undefined, options).catch(() => undefined)
}
