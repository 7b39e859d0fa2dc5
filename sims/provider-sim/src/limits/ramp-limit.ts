import type { RampConfig } from '../config/limits-config.ts'

const WINDOW_MS = 60_000
/** The current rate is measured over this span, the mean over the minute before it. */
const SPAN_MS = 10_000

/** Limits the growth of an account: a rate above its base must be reached gradually. */
export class RampLimit {
  readonly #ramp: RampConfig
  /** Times of admitted calls, oldest first, as far back as needed. */
  #admittedMs: number[] = []

  constructor(ramp: RampConfig) {
    this.#ramp = ramp
  }

  /** Calls that can be admitted within ten seconds at the moment. */
  allowedInSpan(nowMs: number): number {
    const before = this.#admittedMs.filter(
      (ms) => ms <= nowMs - SPAN_MS && ms > nowMs - SPAN_MS - WINDOW_MS,
    )
    const perMinute = Math.max(this.#ramp.baseRequestsPerMinute, this.#ramp.growth * before.length)
    return Math.max(1, Math.floor((perMinute * SPAN_MS) / WINDOW_MS))
  }

  /** 0 when a call can be admitted, otherwise the wait until one can. */
  waitMs(nowMs: number): number {
    this.#forget(nowMs)
    const recent = this.#admittedMs.filter((ms) => ms > nowMs - SPAN_MS)
    const excess = recent.length - this.allowedInSpan(nowMs)
    const leaves = excess < 0 ? undefined : recent[excess]
    return leaves === undefined ? 0 : leaves + SPAN_MS - nowMs
  }

  admit(nowMs: number): void {
    this.#admittedMs.push(nowMs)
  }

  #forget(nowMs: number): void {
    const oldest = nowMs - SPAN_MS - WINDOW_MS
    if ((this.#admittedMs[0] ?? Infinity) > oldest) return
    this.#admittedMs = this.#admittedMs.filter((ms) => ms > oldest)
  }
}
