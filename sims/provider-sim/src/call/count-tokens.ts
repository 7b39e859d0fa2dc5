import { drawNormal } from '../draw.ts'
import type { SimConfig } from '../sim-config.ts'

/** Tokens of a text by the tokenizer of a model, spread by text so that no estimate can be exact. */
export function countTokens(config: SimConfig, model: string, text: string): number {
  const { seed, tokenSpread } = config
  const spread = tokenSpread === 0 ? 1 : Math.exp(tokenSpread * drawNormal(seed, 'tokens', text))
  return Math.ceil((text.length / charactersPerToken(config, model)) * spread)
}

/** How long a token of a model is on average. */
export function charactersPerToken(
  { charsPerToken, tokenizers }: Pick<SimConfig, 'charsPerToken' | 'tokenizers'>,
  model: string,
): number {
  return tokenizers.find((one) => model.startsWith(one.model))?.charsPerToken ?? charsPerToken
}
