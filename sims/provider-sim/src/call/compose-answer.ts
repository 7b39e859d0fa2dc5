import { simulateAnswer } from '../answers/simulate-answer.ts'
import { spoilMultiTypeAnswer } from '../faults/spoil-multi-type-answer.ts'
import { spoilAnswer } from '../faults/spoil-answer.ts'
import type { SimConfig } from '../sim-config.ts'
import type { SimRequest, SimAnswer } from '../wires/wire.ts'
import { computeCharactersPerToken, countTokens } from './count-tokens.ts'
import type { CallExchange } from './call-exchange.ts'

type CompositionInput = Pick<
  CallExchange,
  'state' | 'modelRequest' | 'definition' | 'labelled' | 'fault' | 'call' | 'requestId'
>

/** Composes the answer of the simulated model: a valid one, or a faulty one. */
export function composeAnswer(exchange: CompositionInput): SimAnswer {
  const { state, modelRequest, call, requestId } = exchange
  const modelAnswer = modelRequest.embed
    ? { text: '', stop: 'end' as const }
    : cut(writeAnswer(exchange), modelRequest, state.config)
  return {
    ...modelAnswer,
    inputTokens: call.inputTokens,
    cacheWriteTokens: call.cacheWriteTokens,
    cachedTokens: call.cachedTokens,
    outputTokens: countTokens(state.config, modelRequest.model, modelAnswer.text),
    model: modelRequest.model,
    id: requestId,
  }
}

type AnswerText = Pick<SimAnswer, 'text' | 'stop'>

function writeAnswer({ definition, labelled, fault }: CompositionInput): AnswerText {
  if (labelled.length > 0) return spoilMultiTypeAnswer(labelled, fault)
  return spoilAnswer(simulateAnswer(definition), definition, fault?.kind)
}

/** Truncates the text when the model's tokens are used up, possibly within a word. */
function cut(
  { text, stop }: AnswerText,
  { maxTokens, model }: Pick<SimRequest, 'maxTokens' | 'model'>,
  config: SimConfig,
): AnswerText {
  const longest = Math.floor(maxTokens * computeCharactersPerToken(config, model))
  return text.length <= longest ? { text, stop } : { text: text.slice(0, longest), stop: 'length' }
}
