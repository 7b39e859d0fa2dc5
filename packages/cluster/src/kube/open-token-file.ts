import { readFile } from 'node:fs/promises'
import type { Credential, CredentialSource } from './credential.ts'
import { misconfiguredError } from './misconfigured-error.ts'

/** As client-go: a token that is rotated in place is picked up within a minute. */
const REREAD_MS = 60_000

/**
 * The token in a file. While the file cannot be read, the last one read serves, or `fallback`, the token that the
 * kubeconfig holds beside the name of the file.
 */
export function openTokenFile(path: string, fallback: string | undefined): CredentialSource {
  let current: { credential: Credential; at: number } | undefined
  return {
    read: async () => {
      if (current && performance.now() - current.at < REREAD_MS) return current.credential
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
