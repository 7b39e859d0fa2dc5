import { readFile } from 'node:fs/promises'
import type { Credential, CredentialSource } from './credential.ts'
import { misconfiguredError } from './misconfigured-error.ts'

/** Interval of reads as in client-go: a rotated token is used within a minute. */
const REREAD_INTERVAL_MS = 60_000

/** Reads a token from a file. While the file is unreadable, the last token or `fallback` from the kubeconfig is used. */
export function openTokenFile(path: string, fallback: string | undefined): CredentialSource {
  let current: { credential: Credential; at: number } | undefined
  return {
    read: async () => {
      if (current && performance.now() - current.at < REREAD_INTERVAL_MS) return current.credential
      const token = (await readToken(path)) ?? current?.credential.token ?? fallback
      if (token === undefined) {
        throw misconfiguredError(
          `The token file ${path} cannot be read or is empty`,
          'Check the tokenFile of the context and its permissions.',
        )
      }
      const credential = current?.credential.token === token ? current.credential : { token }
      current = { credential, at: performance.now() }
      return credential
    },
    close: () => undefined,
  }
}

async function readToken(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return text.trim() || undefined
}
