import type { Answer, Ending, Turn } from './types.ts'

/** A granted call as its user sees it. `end` is called once, whatever the user calls first. */
export function asTurn(
  lease: string,
  { epoch, reserved }: Extract<Answer, { outcome: 'granted' }>,
  end: (ending: Ending) => Promise<void>,
): Turn {
  let ended: Promise<void> | undefined
  const finish = (ending: Ending): Promise<void> => (ended ??= end(ending))
  return {
    lease,
    epoch,
    reserved,
    settle: (usage, observed) => finish({ kind: 'answered', usage, observed }),
    fail: (kind, facts = {}) => finish({ ...facts, kind }),
    [Symbol.asyncDispose]: () => finish({ kind: 'aborted' }),
  }
}
