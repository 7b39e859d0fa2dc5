import type { CredentialSource } from './credential.ts'
import { openExecPlugin } from './open-exec-plugin.ts'
import { openTokenFile } from './open-token-file.ts'
import type { VettedContext } from './vet-context.ts'

/**
 * The credentials of a context beside those that the Kubernetes library applies. As with client-go, a token file goes
 * before a token, and a token, password or client certificate
 * before a plugin.
 */
export function openCredentials(
  { name, cluster, user }: VettedContext,
  environment: Readonly<Record<string, string | undefined>>,
): CredentialSource {
  const tokenFile = user.tokenFile ?? user['token-file']
  const token = user.token || undefined
  if (tokenFile) return openTokenFile(tokenFile, token)
  const { exec } = user
  const hasOther =
    token || user.username || user['client-certificate'] || user['client-certificate-data']
  if (exec && !hasOther) {
    return openExecPlugin({ context: name, exec, cluster, environment })
  }
  const credential = { token }
  return { read: async () => credential, close: () => undefined }
}
