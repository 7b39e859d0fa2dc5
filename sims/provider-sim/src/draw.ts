import { createHash } from 'node:crypto'

/** A number in [0, 1) that depends on nothing but its arguments. */
export function draw(seed: number, purpose: string, text: string): number {
  const digest = createHash('sha256').update(`${seed}|${purpose}|${text}`).digest()
  return digest.readUIntBE(0, 6) / 2 ** 48
}

/** A standard normal number that depends on nothing but its arguments. */
export function drawNormal(seed: number, purpose: string, text: string): number {
  const first = draw(seed, purpose, text)
  const second = draw(seed, `${purpose}-2`, text)
  // Box-Muller; 1 - u keeps the logarithm finite.
  return Math.sqrt(-2 * Math.log(1 - first)) * Math.cos(2 * Math.PI * second)
}
