import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'

const BLOCK =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]*?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g

/**
 * The fault of a file for NODE_EXTRA_CA_CERTS with its solution; undefined for a valid file. Node.js only prints a warning
 * about such a file.
 */
export function certificateFileFault(path: string): string | undefined {
  let content: Buffer
  try {
    content = readFileSync(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'error'
    return `${path} cannot be read (${code}); name a PEM file with the certificate of the CA`
  }
  const blocks = content.toString('latin1').match(BLOCK) ?? []
  if (blocks.length === 0) {
    // DER starts with a SEQUENCE. Windows exports certificates in this format.
    return content[0] === 0x30
      ? `${path} is in DER form; convert it: openssl x509 -inform der -in ${path} -out ca.pem`
      : `${path} has no certificate in PEM form (-----BEGIN CERTIFICATE-----)`
  }
  const broken = blocks.findIndex((block) => !isCertificate(block))
  return broken < 0 ? undefined : `certificate ${broken + 1} of ${path} is damaged; export it again`
}

function isCertificate(block: string): boolean {
  try {
    return Boolean(new X509Certificate(block))
  } catch {
    return false
  }
}
