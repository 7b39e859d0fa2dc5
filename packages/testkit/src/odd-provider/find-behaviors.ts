import { COMMON_BEHAVIORS } from './common-behaviors.ts'
import type { Behavior, Product } from './types.ts'

/**
 * The behaviors that these names stand for, for the n-th call of a model. `name:3` holds for its first three calls.
 * Throws when neither the product nor the common ones have a name.
 */
export function findBehaviors(
  product: Product,
  names: readonly string[],
  call: number,
): Behavior[] {
  return names.flatMap((text) => {
    const [name = '', calls] = text.split(':')
    const behavior = product.behaviors[name] ?? COMMON_BEHAVIORS[name]
    if (!behavior) throw new Error(`no behavior ${name}`)
    return calls === undefined || call <= Number(calls) ? [behavior] : []
  })
}
