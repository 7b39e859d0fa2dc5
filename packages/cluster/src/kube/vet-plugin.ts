import { basename, isAbsolute } from 'node:path'
import type { ExecEntry, UserEntry } from './kubeconfig-file.ts'
import { findProgram, isSameProgram } from './find-program.ts'
import { findCallFault, KNOWN_PLUGINS } from './known-plugins.ts'
import { misconfiguredError } from './misconfigured-error.ts'

/** Programs of a kubeconfig that may run: none, known credential plugins, or all. */
export type AllowExec = boolean | 'known'

export interface PluginTrust {
  allowExec: AllowExec
  /** Environment of this process. Known plugins are looked up in its PATH. */
  environment: Readonly<Record<string, string | undefined>>
}

export const TRUST_HINT = 'CAPSTAN_ALLOW_EXEC=true trusts the kubeconfig completely.'
const KNOWN_HINT =
  'CAPSTAN_ALLOW_EXEC=known allows aws, gke-gcloud-auth-plugin, kubelogin and other known plugins.'

/**
 * Returns the user with the absolute path of a known plugin. The PATH of this process determines the program, not the
 * kubeconfig. Throws CLUSTER_MISCONFIGURED for a program that must not run.
 */
export function vetPlugin(
  context: string,
  user: UserEntry,
  { allowExec, environment }: PluginTrust,
): UserEntry {
  const { exec, 'auth-provider': provider } = user
  if (allowExec === true || (!exec && !provider)) return user
  if (allowExec === false) throw programError(context, exec)
  // The OpenID Connect login of the library runs no program.
  if (!exec && provider?.['name'] === 'oidc') return user
  if (!exec?.command) throw programError(context, exec)
  const command = vetKnown(context, exec, exec.command, environment['PATH'])
  return { ...user, exec: { ...exec, command } }
}

function programError(context: string, exec: ExecEntry | null | undefined) {
  const name = exec?.command ? ` (${basename(exec.command)})` : ''
  return misconfiguredError(
    `Context "${context}" runs a program to get its credentials${name}, which is refused`,
    `Use a token or a client certificate. ${KNOWN_HINT} ${TRUST_HINT}`,
  )
}

function vetKnown(
  context: string,
  { args, env }: ExecEntry,
  command: string,
  path: string | undefined,
): string {
  const name = basename(command)
  const plugin = KNOWN_PLUGINS.get(name)
  if (!plugin) {
    const names = [...KNOWN_PLUGINS.keys()].join(', ')
    throw misconfiguredError(
      `Context "${context}" runs ${name}, which is no known credential plugin`,
      `CAPSTAN_ALLOW_EXEC=known allows ${names}. ${TRUST_HINT}`,
    )
  }
  const variables = (env ?? []).map((variable) => variable.name)
  const fault = findCallFault(plugin, args ?? [], variables)
  if (fault !== undefined) {
    throw misconfiguredError(
      `Context "${context}" runs ${name} ${fault}, which CAPSTAN_ALLOW_EXEC=known refuses`,
      `Write the user as the command line of that plugin does. ${TRUST_HINT}`,
    )
  }
  const program = findProgram(name, path)
  if (program === undefined) {
    throw misconfiguredError(
      `Context "${context}" runs ${name}, which is not on the PATH of this process`,
      'Install it where the API runs, or add its folder to PATH.',
    )
  }
  if (isAbsolute(command) && !isSameProgram(command, program)) {
    throw misconfiguredError(
      `Context "${context}" runs ${command}, which is another program than ${program}`,
      `CAPSTAN_ALLOW_EXEC=known runs only the ${name} that PATH leads to. ${TRUST_HINT}`,
    )
  }
  return program
}
