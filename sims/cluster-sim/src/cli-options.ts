import { parseArgs } from 'node:util'
import { readConfig } from '@capstan/shared/config/read-config'
import { UsageError } from '@capstan/shared/config/usage-error'
import type { z } from 'zod'
import { ClusterSimConfig } from './config.ts'

export const CLUSTER_SIM_HELP = `A Kubernetes API server on loopback that serves type definitions: discovery, CRDs and OpenAPI, no objects.

  pnpm exec node sims/cluster-sim/src/main.ts [flags]

  flag              environment      default    meaning
  --cluster         CLUSTER          demo       demo, a cluster list (.json), or a folder of CRD manifests
  --host            HOST             127.0.0.1
  --port            PORT             0          0: any free port, logged to stderr
  --anonymous       ANONYMOUS        false      accepts requests without a token
  --kubeconfig-out  KUBECONFIG_OUT              file for the kubeconfig (mode 0600); without it stdout
  -h, --help                                    this text

Examples:
  pnpm exec node sims/cluster-sim/src/main.ts --kubeconfig-out demo.kubeconfig
  pnpm exec node sims/cluster-sim/src/main.ts --cluster ./manifests --port 6443 > manifests.kubeconfig
`

/** Each flag sets an environment variable, and overrides it. */
const VARIABLES: Record<string, string> = {
  cluster: 'CLUSTER',
  host: 'HOST',
  port: 'PORT',
  anonymous: 'ANONYMOUS',
  'kubeconfig-out': 'KUBECONFIG_OUT',
}

export type ClusterSimCommand =
  | { action: 'help' }
  | { action: 'serve'; settings: z.infer<typeof ClusterSimConfig> }

/** Parses command line and environment. Throws UsageError for unknown flags, ConfigError for invalid values. */
export function parseClusterSimCommand(
  args: string[],
  environment: Record<string, string | undefined>,
): ClusterSimCommand {
  const { help = false, ...flags } = parseFlags(args)
  if (help) return { action: 'help' }
  const given = Object.entries(flags).map(([name, value]) => [VARIABLES[name], String(value)])
  const settings = readConfig(ClusterSimConfig, { ...environment, ...Object.fromEntries(given) })
  return { action: 'serve', settings }
}

function parseFlags(args: string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      args,
      options: {
        help: { type: 'boolean', short: 'h' },
        cluster: text,
        host: text,
        port: text,
        anonymous: { type: 'boolean' },
        'kubeconfig-out': text,
      },
    }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}
