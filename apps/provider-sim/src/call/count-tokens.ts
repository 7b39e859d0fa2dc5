import { drawNormal } from '../draw.ts'
import type { SimConfig } from '../sim-config.ts'

/** Tokens of a text: so many characters each, spread by text so that no estimate can be exact. */
export function countTokens(config: SimConfig, text: string): number {
  const { seed, charsPerToken, tokenSpread } = config
  const spread = tokenSpread === 0 ? 1 : Math.exp(tokenSpread * drawNormal(seed, 'tokens', text))
  return Math.ceil((text.length / charsPerToken) * spread)
}
