import type { WaitReason } from '../types.ts'

/** The limits let no call start soon enough for its patience; no attempt was made. */
export class MaxWaitExceeded extends Error {
  override readonly name = 'MaxWaitExceeded'
  readonly waitMs: number
  readonly because: WaitReason

  constructor(waitMs: number, because: WaitReason) {
    super(`no call may start for another ${waitMs} ms (${because})`)
    this.waitMs = waitMs
    this.because = because
  }
}
