/** OpenSSL codes of certificates from an untrusted CA. */
const CODES = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_UNTRUSTED',
  // A trusted CA has the same name but another key, as after a renewal.
  'CERT_SIGNATURE_FAILURE',
])

/** Hint for these errors. */
export const UNTRUSTED_CA_HINT =
  'Set NODE_EXTRA_CA_CERTS to a PEM file with that CA: the one of your company if its network inspects TLS.'

/** True when an error, or one of its causes, is a certificate from an untrusted CA. */
export function isUntrustedCa(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string' && CODES.has(at.code)) return true
  }
  return false
}
