import type { WaitReason } from '../types.ts'

/** The limits let no call start within its max wait. No call was made. */
export class MaxWaitError extends Error {
  override readonly name = 'MaxWaitError'
  readonly waitMs: number
  readonly because: WaitReason

  constructor(waitMs: number, because: WaitReason) {
    super(`no call may start for another ${waitMs} ms (${because})`)
    this.waitMs = waitMs
    this.because = because
  }
}
