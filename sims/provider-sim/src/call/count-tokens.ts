import { drawNormal } from '../draw.ts'
import type { SimConfig } from '../sim-config.ts'

/** Tokens of a text with the tokenizer of a model, varied by text so that no estimate is exact. */
export function countTokens(config: SimConfig, model: string, text: string): number {
  const { seed, tokenSpread } = config
  const spread = tokenSpread === 0 ? 1 : Math.exp(tokenSpread * drawNormal(seed, 'tokens', text))
  return Math.ceil((text.length / computeCharactersPerToken(config, model)) * spread)
}

/** Average characters per token of a model. */
export function computeCharactersPerToken(
  { charsPerToken, tokenizers }: Pick<SimConfig, 'charsPerToken' | 'tokenizers'>,
  model: string,
): number {
  return tokenizers.find((one) => model.startsWith(one.model))?.charsPerToken ?? charsPerToken
}
