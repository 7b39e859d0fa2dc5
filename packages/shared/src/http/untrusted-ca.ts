/** What OpenSSL reports of a certificate whose CA is not among the trusted ones. */
const CODES = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_UNTRUSTED',
  // A CA of the same name with another key, such as one that was renewed.
  'CERT_SIGNATURE_FAILURE',
])

/** What to do about it. */
export const UNTRUSTED_CA_HINT =
  'Set NODE_EXTRA_CA_CERTS to a PEM file with that CA: the one of your company if its network inspects TLS.'

/** Whether an error, or one that caused it, is a certificate of a CA that this process does not trust. */
export function isUntrustedCa(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string' && CODES.has(at.code)) return true
  }
  return false
}
