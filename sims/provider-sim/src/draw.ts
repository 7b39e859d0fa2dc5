import { createHash } from 'node:crypto'

/** A pseudo-random number in [0, 1) that depends only on its arguments. */
export function drawUniform(seed: number, purpose: string, text: string): number {
  const digest = createHash('sha256').update(`${seed}|${purpose}|${text}`).digest()
  return digest.readUIntBE(0, 6) / 2 ** 48
}

/** A standard normal number that depends only on its arguments. */
export function drawNormal(seed: number, purpose: string, text: string): number {
  const first = drawUniform(seed, purpose, text)
  const second = drawUniform(seed, `${purpose}-2`, text)
  // Box-Muller; 1 - u keeps the logarithm finite.
  return Math.sqrt(-2 * Math.log(1 - first)) * Math.cos(2 * Math.PI * second)
}
