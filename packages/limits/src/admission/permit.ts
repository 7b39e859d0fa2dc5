import type { AcquireResult, CallOutcome, Permit } from '../types.ts'

/** Creates the permit of a granted call. `end` is called once, for the first method that its holder calls. */
export function createPermit(
  lease: string,
  { epoch, reserved }: Extract<AcquireResult, { outcome: 'granted' }>,
  end: (outcome: CallOutcome) => Promise<void>,
): Permit {
  let ended: Promise<void> | undefined
  const finish = (outcome: CallOutcome): Promise<void> => (ended ??= end(outcome))
  return {
    lease,
    epoch,
    reserved,
    settle: (usage, observed) => finish({ kind: 'answered', usage, observed }),
    fail: (kind, details = {}) => finish({ ...details, kind }),
    [Symbol.asyncDispose]: () => finish({ kind: 'aborted' }),
  }
}
