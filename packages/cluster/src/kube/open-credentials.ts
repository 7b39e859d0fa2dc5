import type { CredentialSource } from './credential.ts'
import { openExecPlugin } from './open-exec-plugin.ts'
import { openTokenFile } from './open-token-file.ts'
import type { VettedContext } from './vet-context.ts'

/**
 * Opens the credentials of a context that the Kubernetes library does not apply. Precedence as in client-go: token file,
 * token, then a plugin if there is no token, password or client certificate.
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
