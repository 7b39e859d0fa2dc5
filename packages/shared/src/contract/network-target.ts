import { z } from 'zod'

/** A server that a process sends requests to, and its proxy. Hosts and ports only. */
export const NetworkTarget = z.object({
  /** `cluster`, `qdrant`, `embeddings`, or the account of a provider. */
  use: z.string(),
  target: z.string().describe('host:port'),
  proxy: z.string().nullable().describe('host:port of its proxy; null: reached directly'),
  setting: z.string().nullable().describe('What names the proxy, such as HTTPS_PROXY'),
})
export type NetworkTarget = z.infer<typeof NetworkTarget>
