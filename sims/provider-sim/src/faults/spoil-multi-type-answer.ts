import type { LabelledDefinition } from '../answers/parse-shared-definitions.ts'
import { simulateAnswer } from '../answers/simulate-answer.ts'
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
    return [{ label, answer: spoilFields(simulateAnswer(definition), definition, own) }]
  })
  return spoilText(JSON.stringify({ answers }), fault?.kind)
}
