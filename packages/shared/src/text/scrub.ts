import { toPlainText } from './to-plain-text.ts'
import { redact } from './redact.ts'

/** Foreign text that is safe to store and show: given secrets and everything shaped like one removed. */
export function scrub(text: string, secrets: readonly string[] = [], maxLength = 300): string {
  const visible = toPlainText(redact(text, secrets), Number.POSITIVE_INFINITY)
  // Again, because a hidden character inside a key keeps the first look from finding it.
  return toPlainText(redact(visible, secrets), maxLength)
}
