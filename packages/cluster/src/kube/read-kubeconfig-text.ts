import { isUtf8 } from 'node:buffer'
import { readFileSync, statSync } from 'node:fs'
import type { AppError } from '@capstan/shared/errors'
import { misconfiguredError } from './misconfigured-error.ts'

const MAX_BYTES = 8 * 2 ** 20
const CONVERT =
  'Convert it with `iconv -f UTF-16 -t UTF-8`; PowerShell writes UTF-8 with `Out-File -Encoding utf8`.'

/**
 * Reads a kubeconfig file; undefined if it does not exist. Throws AppError CLUSTER_MISCONFIGURED, which quotes no content, if
 * it is unreadable, not a file, or not UTF-8.
 */
export function readKubeconfigText(path: string): string | undefined {
  const bytes = readBytes(path)
  if (bytes === undefined) return undefined
  const encoding = detectWideEncoding(bytes)
  if (encoding !== undefined) {
    throw misconfiguredError(
      `The kubeconfig ${path} is written in ${encoding}; it must be UTF-8`,
      CONVERT,
    )
  }
  if (!isUtf8(bytes) || bytes.includes(0)) {
    throw misconfiguredError(
      `The kubeconfig ${path} is not a text in UTF-8`,
      'Check that KUBECONFIG names the right file.',
    )
  }
  // Decoding drops the byte order mark of UTF-8, which some editors write.
  return new TextDecoder().decode(bytes)
}

function readBytes(path: string): Uint8Array | undefined {
  const found = readOrThrow(path, () => statSync(path, { throwIfNoEntry: false }))
  if (!found) return undefined
  if (found.isDirectory()) throw unusableFileError(path, 'is a folder, not a file')
  if (!found.isFile()) throw unusableFileError(path, 'is not a regular file')
  if (found.size > MAX_BYTES) throw unusableFileError(path, `is larger than ${MAX_BYTES} bytes`)
  return readOrThrow(path, () => readFileSync(path))
}

function readOrThrow<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    throw unusableFileError(path, `cannot be read: ${code}`)
  }
}

function unusableFileError(path: string, fault: string): AppError {
  return misconfiguredError(
    `The kubeconfig ${path} ${fault}`,
    'Set KUBECONFIG to a file that this process may read.',
  )
}

/** Detects the byte order mark, else the zero byte of ASCII letters in UTF-16. */
function detectWideEncoding(bytes: Uint8Array): 'UTF-16' | 'UTF-32' | undefined {
  const start = Buffer.from(bytes.subarray(0, 4)).toString('hex')
  if (start === 'fffe0000' || start === '0000feff') return 'UTF-32'
  return /^(?:fffe|feff|(?!00)..00(?!00)..00|00(?!00)..00(?!00))/.test(start) ? 'UTF-16' : undefined
}
