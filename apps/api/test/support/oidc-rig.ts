import type { OidcSettings } from '../../src/oidc/oidc-config.ts'
import { parseTokens } from '../../src/access/tokens.ts'
import { ownPort } from '@capstan/testkit/own-port'
import { startRig, type ApiRig, type RigOptions } from './api-rig.ts'
import { createOidcSettings } from './oidc-settings.ts'

export const ADMIN_TOKEN = 'admin-token-0123456789abcdef'

/** Starts an API with an issuer, below the path prefix `/capstan`. `publicUrl` is its URL with the prefix. */
export async function startOidcRig(
  settings: Partial<OidcSettings>,
  options: RigOptions = {},
): Promise<ApiRig & { publicUrl: string }> {
  const port = await ownPort()
  const publicUrl = `http://127.0.0.1:${port}/capstan`
  const rig = await startRig({
    tokens: parseTokens(`boss:admin:${ADMIN_TOKEN}`),
    oidc: createOidcSettings({ publicUrl, ...settings }),
    links: { publicUrl },
    port,
    ...options,
  })
  return { ...rig, publicUrl }
}
