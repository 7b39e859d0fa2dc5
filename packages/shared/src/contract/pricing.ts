import { z } from 'zod'

/**
 * What a cost rests on. `known`: prices and reported tokens. `estimated`: some tokens are estimated, because the provider
 * did not report them. `unknown`: the price of some tokens is unknown, and the cost is null.
 */
export const Pricing = z.enum(['known', 'estimated', 'unknown'])
export type Pricing = z.infer<typeof Pricing>
