import { inferByRules } from '@capstan/demo-rules/infer-by-rules'
import type { Labelled } from '@capstan/demo-rules/packed-definitions'
import type { FaultConfig } from '../config/fault-config.ts'
import type { Said } from '../wires/wire.ts'
import { spoilMembers, spoilText } from './spoil-answer.ts'

/** What a model says about several types at once. What is wrong with one answer is so only of the types that the fault is for. */
export function spoilPack(
  packed: Labelled[],
  fault: Pick<FaultConfig, 'kind' | 'matching'> | undefined,
): Pick<Said, 'text' | 'stop'> {
  const answers = packed.flatMap(({ label, definition }) => {
    const own = definition.includes(fault?.matching ?? '') ? fault?.kind : undefined
    if (own === 'missing-answer') return []
    return [{ label, answer: spoilMembers(inferByRules(definition), definition, own) }]
  })
  return spoilText(JSON.stringify({ answers }), fault?.kind)
}
