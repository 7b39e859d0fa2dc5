import {
  Capability,
  LOW_CONFIDENCE,
  type CapabilityOverride,
} from '@capstan/shared/contract/capability'
import { CapabilityAnswer } from '@capstan/shared/contract/inferred-capability'

/** Replaces inferred fields of a row by the fields of the override. `undefined` restores the inferred fields. */
export function applyOverride(
  row: Capability,
  override: CapabilityOverride | undefined,
): Capability {
  const inferred = restoreInferred(row)
  if (!override) return inferred
  const replaced = Object.entries(CapabilityAnswer.parse(inferred)).filter(
    ([field]) => field in override.fields,
  )
  return Capability.parse({
    ...inferred,
    ...override.fields,
    lowConfidence: false,
    override: { ...override, inferred: Object.fromEntries(replaced) },
  })
}

/** The row without its override. */
function restoreInferred(row: Capability): Capability {
  if (!row.override) return row
  const answer = CapabilityAnswer.parse({ ...row, ...row.override.inferred })
  return { ...row, ...answer, override: null, lowConfidence: answer.confidence < LOW_CONFIDENCE }
}
