import { parseGroupRoles } from '../../src/oidc/group-roles.ts'
import type { OidcSettings } from '../../src/oidc/oidc-config.ts'

/** Settings of an issuer whose group `sre` has operators and whose group `platform` has admins. */
export function createOidcSettings(settings: Partial<OidcSettings> = {}): OidcSettings {
  return {
    issuer: 'http://127.0.0.1:1',
    clientId: 'capstan',
    clientSecret: 'canary-client-secret-0123456789',
    scopes: 'openid profile email',
    groupsClaim: 'groups',
    roles: parseGroupRoles('sre=operator,platform=admin'),
    publicUrl: 'http://127.0.0.1:1',
    ...settings,
  }
}
