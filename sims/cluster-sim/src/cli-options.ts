import { parseArgs } from 'node:util'
import { readConfig } from '@capstan/shared/config/read-config'
import { UsageError } from '@capstan/shared/config/usage-error'
import type { z } from 'zod'
import { ClusterSimConfig } from './config.ts'

export const HELP = `A Kubernetes API server on loopback that serves type definitions: discovery, CRDs and OpenAPI, no objects.

  pnpm exec node sims/cluster-sim/src/main.ts [flags]

  flag              environment      default    means
  --cluster         CLUSTER          demo       demo, a cluster list (.json), or a folder of CRD manifests
  --host            HOST             127.0.0.1
  --port            PORT             0          0: any free one; the log on stderr has it
  --anonymous       ANONYMOUS        false      answers requests without a token
  --kubeconfig-out  KUBECONFIG_OUT              file for the kubeconfig (mode 0600); without it stdout
  -h, --help                                    this text

Examples:
  pnpm exec node sims/cluster-sim/src/main.ts --kubeconfig-out demo.kubeconfig
  pnpm exec node sims/cluster-sim/src/main.ts --cluster ./manifests --port 6443 > manifests.kubeconfig
`

/** Each flag is the environment's variable by another name, and wins over it. */
const VARIABLES: Record<string, string> = {
  cluster: 'CLUSTER',
  host: 'HOST',
  port: 'PORT',
  anonymous: 'ANONYMOUS',
  'kubeconfig-out': 'KUBECONFIG_OUT',
}

export type CliOptions =
  | { action: 'help' }
  | { action: 'serve'; settings: z.infer<typeof ClusterSimConfig> }

/** What command line and environment ask for. Throws UsageError for the first, ConfigError for the values of both. */
export function cliOptions(
  args: string[],
  environment: Record<string, string | undefined>,
): CliOptions {
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
