import { inferByRules } from '@capstan/demo-rules/infer-by-rules'
import type { LabelledDefinition } from '@capstan/demo-rules/parse-shared-definitions'
import type { FaultConfig } from '../config/fault-config.ts'
import type { SimAnswer } from '../wires/wire.ts'
import { spoilFields, spoilText } from './spoil-answer.ts'

/** Composes the answer to a multi-type prompt. Faults of one answer apply only to matching types. */
export function spoilMultiTypeAnswer(
  labelled: LabelledDefinition[],
  fault: Pick<FaultConfig, 'kind' | 'matching'> | undefined,
): Pick<SimAnswer, 'text' | 'stop'> {
  const answers = labelled.flatMap(({ label, definition }) => {
    const own = definition.includes(fault?.matching ?? '') ? fault?.kind : undefined
    if (own === 'missing-answer') return []
    return [{ label, answer: spoilFields(inferByRules(definition), definition, own) }]
  })
  return spoilText(JSON.stringify({ answers }), fault?.kind)
}
