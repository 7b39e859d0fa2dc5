import { z } from 'zod'

/**
 * Basis of a cost. `known`: reported tokens and known prices. `estimated`: some tokens are estimates, because the provider
 * did not report them. `unknown`: some prices are unknown, so the cost is null.
 */
export const Pricing = z.enum(['known', 'estimated', 'unknown'])
export type Pricing = z.infer<typeof Pricing>
