import { z } from 'zod'

/** Messages to the process of clients. */
export const ClientOrder = z.discriminatedUnion('order', [
  /** Opens this many more streams. */
  z.object({ order: z.literal('open'), apiUrl: z.string(), path: z.string(), count: z.int() }),
  z.object({ order: z.literal('report') }),
])
export type ClientOrder = z.infer<typeof ClientOrder>

/** Answer to each order. */
export const ClientReport = z.object({
  /** Open streams. */
  open: z.int(),
  /** Number of events by their delay in milliseconds. */
  delays: z.array(z.int()),
  /** Events that a client did not receive, or received twice. */
  faults: z.int(),
  bytes: z.int(),
})
export type ClientReport = z.infer<typeof ClientReport>
