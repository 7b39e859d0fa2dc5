import { z } from 'zod'

/**
 * What a suspicious text looks like: an order to its reader, markup of chats or pages, a link that carries data or orders, encoded
 * text, hidden characters, or capabilities in words that neither the definition nor the field uses.
 */
export const SUSPICION_KINDS = [
  'instruction',
  'markup',
  'link',
  'encoded',
  'hidden_characters',
  'unknown_words',
] as const
export type SuspicionKind = (typeof SUSPICION_KINDS)[number]

/** A reason to distrust an answer: the definition may have tried to instruct the model. */
export const Suspicion = z.object({
  /** Where it was found. */
  in: z.enum(['definition', 'answer']),
  kind: z.enum(SUSPICION_KINDS),
  /** The text that was found, cut; untrusted. */
  excerpt: z.string().max(120),
})
export type Suspicion = z.infer<typeof Suspicion>
