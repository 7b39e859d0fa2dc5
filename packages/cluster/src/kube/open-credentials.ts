import type { CredentialSource } from './credential.ts'
import { openExecPlugin } from './open-exec-plugin.ts'
import { openTokenFile } from './open-token-file.ts'
import type { VettedContext } from './vet-context.ts'

/**
 * Opens the credentials of a vetted context that Capstan itself adds to requests: token file, token or plugin. The library
 * @kubernetes/client-node adds passwords and client certificates. Precedence as in client-go: token file, token, then a plugin
 * if there is no token, password or client certificate.
 */
export function openCredentials(
  { name, cluster, user }: VettedContext,
  environment: Readonly<Record<string, string | undefined>>,
): CredentialSource {
  const tokenFile = user.tokenFile ?? user['token-file']
  const token = user.token || undefined
  if (tokenFile) return openTokenFile(tokenFile, token)
  const { exec } = user
  const hasStaticCredentials =
    token || user.username || user['client-certificate'] || user['client-certificate-data']
  if (exec && !hasStaticCredentials) {
    return openExecPlugin({ context: name, exec, cluster, environment })
  }
  const credential = { token }
  return { read: async () => credential, close: () => undefined }
}
