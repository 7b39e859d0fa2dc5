import {
  Capability,
  LOW_CONFIDENCE,
  type CapabilityOverride,
} from '@capstan/shared/contract/capability'
import { InferredCapability } from '@capstan/shared/contract/inferred-capability'

/** The row as it is shown: the inferred answer with a person's fields before it. Undefined takes them out again. */
export function applyOverride(
  row: Capability,
  override: CapabilityOverride | undefined,
): Capability {
  const inferred = inferredRow(row)
  if (!override) return inferred
  const replaced = Object.entries(InferredCapability.parse(inferred)).filter(
    ([field]) => field in override.fields,
  )
  return Capability.parse({
    ...inferred,
    ...override.fields,
    lowConfidence: false,
    override: { ...override, inferred: Object.fromEntries(replaced) },
  })
}

/** The row as the model's answer alone makes it. */
function inferredRow(row: Capability): Capability {
  if (!row.override) return row
  const answer = InferredCapability.parse({ ...row, ...row.override.inferred })
  return { ...row, ...answer, override: null, lowConfidence: answer.confidence < LOW_CONFIDENCE }
}
