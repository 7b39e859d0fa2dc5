import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'

/** A private CA and a server certificate for the loopback. All in PEM. */
export interface TestCertificates {
  ca: string
  /** File with the CA certificate, for NODE_EXTRA_CA_CERTS. */
  caFile: string
  cert: string
  key: string
}

const EC = { keyType: 'ec', algorithm: 'sha256' } as const

/** Creates CA and certificate; `hosts` are additional names of the server. */
export async function makeCertificates(hosts: string[] = []): Promise<TestCertificates> {
  const ca = await generate([{ name: 'commonName', value: 'Capstan test CA' }], {
    ...EC,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  const server = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...EC,
    ca: { key: ca.private, cert: ca.cert },
    extensions: [{ name: 'subjectAltName', altNames: listNames(hosts) }],
  })
  const caFile = join(mkdtempSync(join(tmpdir(), 'capstan-ca-')), 'ca.pem')
  writeFileSync(caFile, ca.cert)
  return { ca: ca.cert, caFile, cert: server.cert, key: server.private }
}

function listNames(hosts: string[]) {
  return [
    { type: 2 as const, value: 'localhost' },
    { type: 7 as const, ip: '127.0.0.1' },
    ...hosts.map((value) => ({ type: 2 as const, value })),
  ]
}
