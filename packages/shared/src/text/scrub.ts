import { plainText } from './plain-text.ts'
import { redact } from './redact.ts'

/** Foreign text that is safe to store and show: given secrets and everything shaped like one removed. */
export function scrub(text: string, secrets: readonly string[] = [], maxLength = 300): string {
  return plainText(redact(text, secrets), maxLength)
}
