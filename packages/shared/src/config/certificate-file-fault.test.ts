import { X509Certificate } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeCertificates } from '@capstan/testkit/network/certificates'
import { certificateFileFault } from './certificate-file-fault.ts'

function writeTestFile(content: string | Buffer): string {
  const path = join(mkdtempSync(join(tmpdir(), 'capstan-ca-')), 'ca.pem')
  writeFileSync(path, content)
  return path
}

test('a PEM file with certificates, comments and Windows line endings is valid', async () => {
  const { ca, cert, caFile } = await makeCertificates()
  expect(certificateFileFault(caFile)).toBeUndefined()
  const bundle = `# Company root\n${ca}\n# Proxy\n${cert}`
  expect(certificateFileFault(writeTestFile(bundle))).toBeUndefined()
  expect(certificateFileFault(writeTestFile(bundle.replaceAll('\n', '\r\n')))).toBeUndefined()
})

test('a DER certificate is rejected with the command to convert it', async () => {
  const { ca } = await makeCertificates()
  const path = writeTestFile(new X509Certificate(ca).raw)
  expect(certificateFileFault(path)).toContain(`openssl x509 -inform der -in ${path} -out ca.pem`)
})

test('a private key, a folder and a missing file are rejected', async () => {
  const { key, caFile } = await makeCertificates()
  expect(certificateFileFault(writeTestFile(key))).toContain('has no certificate in PEM form')
  expect(certificateFileFault(tmpdir())).toContain('cannot be read (EISDIR)')
  expect(certificateFileFault(`${caFile}.old`)).toContain('cannot be read (ENOENT)')
})
