import { z } from 'zod'

/**
 * Kinds of prompt injection: an instruction to the reader, chat or page markup, a link with data or instructions, encoded text,
 * hidden characters, or capabilities with words that occur neither in the definition nor in the vocabulary of the field.
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

/** A possible prompt injection in a definition or an answer. */
export const Suspicion = z.object({
  /** Location of the text. */
  in: z.enum(['definition', 'answer']),
  kind: z.enum(SUSPICION_KINDS),
  /** The suspicious text, shortened. Untrusted. */
  excerpt: z.string().max(120),
})
export type Suspicion = z.infer<typeof Suspicion>
