import { toPlainText } from './to-plain-text.ts'
import { redact } from './redact.ts'

/** Makes foreign text safe to store and show: redacts secrets, removes invisible characters, limits the length. */
export function scrub(text: string, secrets: readonly string[] = [], maxLength = 300): string {
  const visible = toPlainText(redact(text, secrets), Number.POSITIVE_INFINITY)
  // The second redaction finds keys that contained hidden characters.
  return toPlainText(redact(visible, secrets), maxLength)
}
