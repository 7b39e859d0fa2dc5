import { isSameDialect } from '@capstan/shared/inference/full-dialect'
import { chooseTargets, type ChooseTargets, type Target } from './choose-targets.ts'
import type { Made, MakeCall, RefusedCall } from './make-call.ts'
import { MOST_REFUSALS, negotiateCall } from './negotiate-call.ts'
import type { Dialects } from './open-dialects.ts'

/**
 * The dialect stage: asks each account in the dialect that its endpoint is known to take. Where none is known, this call finds
 * it out or waits for the one that does. A dialect that is suddenly refused is negotiated again. Returns the first refusal
 * when no dialect is accepted. Throws what `make` throws, or MaxWaitError.
 */
export async function withDialect(
  dialects: Dialects,
  choose: Omit<ChooseTargets, 'refused'>,
  make: MakeCall,
): Promise<Made> {
  const first = await askOnce(dialects, choose, make)
  if (!first) throw new Error('no account may be asked')
  let made: Made | undefined = first
  for (let refusals = 1; made?.outcome === 'refused'; refusals += 1) {
    const isHopeless: boolean = made.isFinal || !mayChange(made) || refusals > MOST_REFUSALS
    made = isHopeless ? undefined : await askOnce(dialects, choose, make, made)
  }
  return made ? finish(dialects, choose.model, made) : first
}

/** Undefined: no dialect is left that was not refused. */
async function askOnce(
  dialects: Dialects,
  choose: Omit<ChooseTargets, 'refused'>,
  make: MakeCall,
  refused?: RefusedCall,
): Promise<Made | undefined> {
  const found = await chooseTargets(dialects, { ...choose, refused: refused?.target })
  const { unknown } = found
  // After a negotiation that has failed, the dialect that was refused is still the one to use.
  const ready = found.ready.filter((target) => !refused || isOther(target, refused.target))
  const options = { isAgain: refused !== undefined, mustStartNow: !choose.mayWait }
  if (unknown) return negotiateCall({ ready, unknown, refused }, options, make)
  return ready.length > 0 ? make(ready, options) : undefined
}

/** An endpoint that has answered well names what it refuses: anything else is about the question. */
function mayChange({ refusal, target }: RefusedCall): boolean {
  return refusal.isClear || !target.isProven
}

function isOther({ account, dialect }: Target, refused: Target): boolean {
  const isSame = dialect && refused.dialect && isSameDialect(dialect, refused.dialect)
  return account !== refused.account || !isSame
}

function finish(
  dialects: Dialects,
  model: string,
  { answer, target }: Extract<Made, { outcome: 'answered' }>,
): Made {
  const { account, dialect } = target
  if (dialect) dialects.confirm(account, model, dialect)
  return { outcome: 'answered', answer: { ...answer, dialect }, target }
}
