import { z } from 'zod'
import { findHighestRole, Role } from '@capstan/shared/contract/login/role'

/** The roles of groups of an OpenID Connect issuer. */
export interface GroupRoles {
  /** Returns the role of a user with these groups; undefined for a user without a role. */
  findRole(groups: readonly string[]): Role | undefined
  /** Returns the groups that have a role. */
  selectNamed(groups: readonly string[]): string[]
}

const RolesByGroup = z.record(z.string().min(1), Role)
const EVERY_USER = '*'

/**
 * Parses CAPSTAN_OIDC_ROLES: comma-separated `group=role`, or a JSON object for groups with commas. The group `*` contains
 * every user. Throws an Error that describes the fault.
 */
export function parseGroupRoles(text: string): GroupRoles {
  const roles = new Map(text.trim().startsWith('{') ? parseJson(text) : parseList(text))
  if (roles.size === 0) throw new Error('must name at least one group')
  return {
    findRole: (groups) =>
      findHighestRole([EVERY_USER, ...groups].flatMap((group) => roles.get(group) ?? [])),
    selectNamed: (groups) => groups.filter((group) => group !== EVERY_USER && roles.has(group)),
  }
}

function parseJson(text: string): [string, Role][] {
  try {
    return Object.entries(RolesByGroup.parse(JSON.parse(text)))
  } catch {
    throw new Error('must be a JSON object of groups with viewer, operator or admin')
  }
}

function parseList(text: string): [string, Role][] {
  return text.split(',').map((entry): [string, Role] => {
    const end = entry.lastIndexOf('=')
    const group = entry.slice(0, Math.max(end, 0)).trim()
    const role = Role.safeParse(entry.slice(end + 1).trim()).data
    if (group !== '' && role) return [group, role]
    throw new Error(`\`${entry.trim()}\` is not \`group=role\` with viewer, operator or admin`)
  })
}
