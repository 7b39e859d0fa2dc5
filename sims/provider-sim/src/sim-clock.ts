import { setTimeout as sleep } from 'node:timers/promises'

/** Simulated time: starts at 0 and runs `scale` times as fast as real time. */
export class SimClock {
  readonly scale: number
  readonly #startedMs = performance.now()

  constructor(scale: number) {
    this.scale = scale
  }

  /** Simulated ms since the start. */
  nowMs(): number {
    return (performance.now() - this.#startedMs) * this.scale
  }

  /** Converts simulated to real ms. */
  realMs(simulatedMs: number): number {
    return simulatedMs / this.scale
  }

  /** Waits the given simulated ms. Resolves early when the signal is aborted. */
  async wait(simulatedMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || simulatedMs <= 0) return
    // eslint-disable-next-line promise/prefer-await-to-then -- an abort is an end, not a failure
    await sleep(this.realMs(simulatedMs), undefined, { signal }).catch(() => undefined)
  }
}
