import { basename } from 'node:path'
import { z } from 'zod'
import type { Credential, CredentialSource } from './credential.ts'
import type { ClusterEntry, ExecEntry } from './kubeconfig-file.ts'
import { misconfiguredError } from './misconfigured-error.ts'
import { runProgram } from './run-program.ts'

export interface ExecPluginOptions {
  context: string
  exec: ExecEntry
  cluster: ClusterEntry
  environment: Readonly<Record<string, string | undefined>>
}

/** Shorter than the timeout of a request. A plugin that waits for a person never ends. */
const TIMEOUT_MS = 20_000

const Reply = z.object({
  kind: z.literal('ExecCredential'),
  apiVersion: z.string(),
  status: z.object({
    expirationTimestamp: z.string().nullish(),
    token: z
      .string()
      .regex(/^[\x21-\x7e]*$/)
      .nullish(),
    clientCertificateData: z.string().nullish(),
    clientKeyData: z.string().nullish(),
  }),
})
type Reply = z.infer<typeof Reply>

/**
 * Runs a credential plugin as kubectl does: on first use and when its credential has expired, once for all waiting requests.
 * It has no terminal and is killed after 20 s.
 */
export function openExecPlugin(options: ExecPluginOptions): CredentialSource {
  const closing = new AbortController()
  let current: Promise<{ credential: Credential; until: number }> | undefined
  const run = (): NonNullable<typeof current> => {
    const running = runPlugin(options, closing.signal)
    current = running
    running.catch(() => {
      if (current === running) current = undefined
    })
    return running
  }
  return {
    read: async () => {
      const before = current
      const known = await before
      if (known && Date.now() < known.until) return known.credential
      // The first of several callers that find it expired runs the plugin for all.
      return (await (current === before ? run() : (current ?? run()))).credential
    },
    close: () => closing.abort(),
  }
}

async function runPlugin(
  { context, exec, cluster, environment }: ExecPluginOptions,
  signal: AbortSignal,
): Promise<{ credential: Credential; until: number }> {
  const fault = (what: string): Error =>
    misconfiguredError(
      `The plugin ${basename(exec.command ?? '')} of context "${context}" ${what}`,
      `\`kubectl --context ${context} version\` shows its own messages. It may need a login, or variables that the API lacks.`,
    )
  const own = (exec.env ?? []).map(({ name, value }) => [name, value ?? ''])
  const result = await runProgram(exec.command ?? '', exec.args ?? [], {
    environment: {
      ...environment,
      ...Object.fromEntries(own),
      KUBERNETES_EXEC_INFO: formatExecInfo(exec, cluster),
    },
    maxMs: TIMEOUT_MS,
    signal,
  })
  // Messages and output of the plugin can contain secrets and are not quoted.
  if (result.outcome === 'failed') throw fault(result.reason)
  const reply = parseReply(result.output)
  if (!reply) throw fault('did not print an ExecCredential')
  if (reply.apiVersion !== exec.apiVersion) {
    throw fault(`answers in another version than ${exec.apiVersion}`)
  }
  const credential = readCredential(reply)
  if (!credential) throw fault('printed neither a token nor a certificate with its key')
  const expiry = Date.parse(reply.status.expirationTimestamp ?? '')
  return { credential, until: Number.isNaN(expiry) ? Infinity : expiry }
}

/** KUBERNETES_EXEC_INFO: the API version of the answer and, if the kubeconfig requests it, the cluster. */
function formatExecInfo(
  { apiVersion, provideClusterInfo }: ExecEntry,
  cluster: ClusterEntry,
): string {
  const info = {
    server: cluster.server,
    'tls-server-name': cluster['tls-server-name'] || undefined,
    'insecure-skip-tls-verify': cluster['insecure-skip-tls-verify'] || undefined,
    'certificate-authority-data': cluster['certificate-authority-data'] || undefined,
    'proxy-url': cluster['proxy-url'] || undefined,
  }
  return JSON.stringify({
    kind: 'ExecCredential',
    apiVersion,
    spec: { interactive: false, ...(provideClusterInfo ? { cluster: info } : {}) },
  })
}

function parseReply(output: string): Reply | undefined {
  try {
    return Reply.safeParse(JSON.parse(output)).data
  } catch {
    return undefined
  }
}

function readCredential({ status }: Reply): Credential | undefined {
  const { token, clientCertificateData: cert, clientKeyData: key } = status
  if (Boolean(cert) !== Boolean(key)) return undefined
  if (!token && !cert) return undefined
  return {
    ...(token && { token }),
    ...(cert && key && { certificate: { cert, key } }),
  }
}
