import { z } from 'zod'
import { NetworkTarget } from '../network-target.ts'

/** A server that the API or a worker connects to. */
export const NetworkRow = NetworkTarget.extend({
  process: z.string().describe('`api`, or the id of a worker.'),
})
export type NetworkRow = z.infer<typeof NetworkRow>
