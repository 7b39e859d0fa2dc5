const PATTERNS: readonly RegExp[] = [
  /\bsk-[A-Za-z0-9_-]{8,}/g,
  /\b(?:bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.?[A-Za-z0-9_-]*/g,
  /(?<=\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi,
  /(?<=\b(?:api[-_ ]?key|token|password|secret)["']?\s*[:=]\s*["']?)[^\s"',}]{6,}/gi,
]

/** Replaces the given secrets, and everything in the format of a secret, in a text. */
export function redact(text: string, secrets: readonly string[] = []): string {
  let clean = text
  for (const secret of secrets)
    if (secret.length >= 4) clean = clean.replaceAll(secret, '[redacted]')
  for (const pattern of PATTERNS) clean = clean.replace(pattern, '[redacted]')
  return clean
}
