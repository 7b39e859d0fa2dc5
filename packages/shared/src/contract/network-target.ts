import { z } from 'zod'

/** A server that a process connects to, and its proxy. Only host and port, no credentials. */
export const NetworkTarget = z.object({
  /** `cluster`, `qdrant`, `embeddings`, `login` (the OpenID Connect issuer), or the account of a provider. */
  use: z.string(),
  target: z.string().describe('host:port'),
  proxy: z.string().nullable().describe('host:port of its proxy; null: no proxy'),
  setting: z.string().nullable().describe('The setting with the proxy, such as HTTPS_PROXY'),
})
export type NetworkTarget = z.infer<typeof NetworkTarget>
