import { z } from 'zod'
import { isLoopbackHost } from '@capstan/shared/http/is-loopback-host'
import { parseGroupRoles, type GroupRoles } from './group-roles.ts'

/** Settings of the login at an OpenID Connect issuer. */
export const OidcConfig = {
  CAPSTAN_OIDC_ISSUER: z
    .string()
    .refine(isSecureUrl, 'must be an https:// URL; http:// is accepted for loopback names only')
    .optional()
    .describe(
      'URL of an OpenID Connect issuer at which people log in to the dashboard (docs/security.md). Needs CAPSTAN_PUBLIC_URL.',
    ),
  CAPSTAN_OIDC_CLIENT_ID: z.string().min(1).optional().describe('Client id at the issuer.'),
  CAPSTAN_OIDC_CLIENT_SECRET: z.string().optional().meta({
    description: 'Client secret at the issuer. Public clients have none; PKCE is always used.',
    secret: true,
  }),
  CAPSTAN_OIDC_SCOPES: z
    .string()
    .refine((text) => text.split(' ').includes('openid'), 'must include openid')
    .default('openid profile email')
    .describe('Scopes of the login, separated by spaces. Some issuers need `groups`.'),
  CAPSTAN_OIDC_ROLES: z
    .string()
    .optional()
    .describe(
      'Roles of groups: `sre=operator,platform=admin,*=viewer`, or a JSON object. `*` contains every user. A user without a role is rejected.',
    ),
  CAPSTAN_OIDC_GROUPS_CLAIM: z
    .string()
    .min(1)
    .default('groups')
    .describe(
      'Claim with the groups of a user, in the id token or in the userinfo response. Dots lead into objects, such as `realm_access.roles`.',
    ),
}

/** The checked settings of the issuer. */
export interface OidcSettings {
  issuer: string
  clientId: string
  clientSecret: string | undefined
  scopes: string
  groupsClaim: string
  roles: GroupRoles
  /** CAPSTAN_PUBLIC_URL. */
  publicUrl: string
}

type Given = Record<string, string | undefined>

/** Rejects incomplete settings, and settings without effect. */
export function checkOidc(given: Given): string[] {
  if (given['CAPSTAN_OIDC_ISSUER'] === undefined) return listIdle(given)
  return [
    ...['CAPSTAN_OIDC_CLIENT_ID', 'CAPSTAN_OIDC_ROLES', 'CAPSTAN_PUBLIC_URL'].flatMap((name) =>
      given[name] === undefined ? [`${name}: is required with CAPSTAN_OIDC_ISSUER`] : [],
    ),
    ...checkPublicUrl(given['CAPSTAN_PUBLIC_URL']),
    ...checkRoles(given['CAPSTAN_OIDC_ROLES']),
  ]
}

function listIdle(given: Given): string[] {
  const idle = Object.keys(OidcConfig).filter((name) => given[name] !== undefined)
  return idle.length === 0 ? [] : [`${idle.join(', ')}: has no effect without CAPSTAN_OIDC_ISSUER`]
}

/** Browsers do not store the cookies of the login from plain HTTP. */
function checkPublicUrl(url: string | undefined): string[] {
  if (url === undefined || isSecureUrl(url)) return []
  return ['CAPSTAN_PUBLIC_URL: must be an https:// URL for CAPSTAN_OIDC_ISSUER']
}

function checkRoles(text: string | undefined): string[] {
  try {
    if (text !== undefined) parseGroupRoles(text)
    return []
  } catch (error) {
    return [`CAPSTAN_OIDC_ROLES: ${error instanceof Error ? error.message : 'unusable'}`]
  }
}

function isSecureUrl(text: string): boolean {
  const url = URL.parse(text)
  if (!url || url.username !== '' || url.search !== '' || url.hash !== '') return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname))
}

const Complete = z.object({
  CAPSTAN_OIDC_ISSUER: z.string(),
  CAPSTAN_OIDC_CLIENT_ID: z.string(),
  CAPSTAN_OIDC_CLIENT_SECRET: z.string().optional(),
  CAPSTAN_OIDC_SCOPES: z.string(),
  CAPSTAN_OIDC_GROUPS_CLAIM: z.string(),
  CAPSTAN_OIDC_ROLES: z.string(),
  CAPSTAN_PUBLIC_URL: z.string(),
})

/** Returns the settings of the issuer; undefined without one. `checkOidc` has accepted them. */
export function readOidcSettings(config: object): OidcSettings | undefined {
  const { data } = Complete.safeParse(config)
  return (
    data && {
      issuer: data.CAPSTAN_OIDC_ISSUER,
      clientId: data.CAPSTAN_OIDC_CLIENT_ID,
      clientSecret: data.CAPSTAN_OIDC_CLIENT_SECRET,
      scopes: data.CAPSTAN_OIDC_SCOPES,
      groupsClaim: data.CAPSTAN_OIDC_GROUPS_CLAIM,
      roles: parseGroupRoles(data.CAPSTAN_OIDC_ROLES),
      publicUrl: data.CAPSTAN_PUBLIC_URL.replace(/\/+$/, ''),
    }
  )
}
