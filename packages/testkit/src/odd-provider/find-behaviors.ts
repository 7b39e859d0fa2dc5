import { COMMON_BEHAVIORS } from './common-behaviors.ts'
import type { Behavior, Product } from './types.ts'

/**
 * Finds the behaviors with these names for the n-th call of a model. `name:3` applies to its first three
 * calls. Throws for a name that neither the product nor the common behaviors have.
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
