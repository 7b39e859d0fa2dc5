import { inferByRules } from '@capstan/demo-rules/infer-by-rules'
import { spoilPack } from '../faults/spoil-pack.ts'
import { spoilAnswer } from '../faults/spoil-answer.ts'
import type { SimConfig } from '../sim-config.ts'
import type { Asked, Said } from '../wires/wire.ts'
import { charactersPerToken, countTokens } from './count-tokens.ts'
import type { Exchange } from './exchange.ts'

type Speaking = Pick<
  Exchange,
  'state' | 'asked' | 'definition' | 'packed' | 'fault' | 'call' | 'requestId'
>

/** What the simulated model says: a valid answer made by the demo rules, or a faulty one. */
export function speak(exchange: Speaking): Said {
  const { state, asked, call, requestId } = exchange
  const said = asked.embed
    ? { text: '', stop: 'end' as const }
    : cut(answerOf(exchange), asked, state.config)
  return {
    ...said,
    inputTokens: call.inputTokens,
    cacheWriteTokens: call.cacheWriteTokens,
    cachedTokens: call.cachedTokens,
    outputTokens: countTokens(state.config, asked.model, said.text),
    model: asked.model,
    id: requestId,
  }
}

type Words = Pick<Said, 'text' | 'stop'>

function answerOf({ definition, packed, fault }: Speaking): Words {
  if (packed.length > 0) return spoilPack(packed, fault)
  return spoilAnswer(inferByRules(definition), definition, fault?.kind)
}

/** A model stops in the middle of a word when its tokens are used up. */
function cut(
  { text, stop }: Words,
  { maxTokens, model }: Pick<Asked, 'maxTokens' | 'model'>,
  config: SimConfig,
): Words {
  const longest = Math.floor(maxTokens * charactersPerToken(config, model))
  return text.length <= longest ? { text, stop } : { text: text.slice(0, longest), stop: 'length' }
}
