import { z } from 'zod'

const Path = z.string().min(1).nullish()
const Text = z.string().nullish()

const ClusterEntry = z.object({
  // Optional here, required for the context in use: kubectl ignores incomplete entries of other contexts.
  server: Text,
  'certificate-authority-data': Text,
  'certificate-authority': Path,
  'insecure-skip-tls-verify': z.boolean().nullish(),
  'tls-server-name': Text,
  'proxy-url': Text,
})
export type ClusterEntry = z.infer<typeof ClusterEntry>

const ExecEntry = z.object({
  apiVersion: Text,
  command: Text,
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: z.string(), value: Text })).nullish(),
  interactiveMode: Text,
  provideClusterInfo: z.boolean().nullish(),
})
export type ExecEntry = z.infer<typeof ExecEntry>

const UserEntry = z.object({
  'client-certificate-data': Text,
  'client-certificate': Path,
  'client-key-data': Text,
  'client-key': Path,
  token: Text,
  'token-file': Path,
  tokenFile: Path,
  username: Text,
  password: Text,
  as: Text,
  'as-uid': Text,
  'as-groups': z.array(z.string()).nullish(),
  'as-user-extra': z.record(z.string(), z.array(z.string()).nullable()).nullish(),
  exec: ExecEntry.nullish(),
  // Only the Kubernetes library reads it.
  'auth-provider': z.looseObject({}).nullish(),
})
export type UserEntry = z.infer<typeof UserEntry>

const Name = z.string().min(1)

/** The content of one kubeconfig file. */
export const KubeconfigFile = z.object({
  apiVersion: z.literal(['v1', '']).nullish(),
  kind: z.literal(['Config', '']).nullish(),
  clusters: z.array(z.object({ name: Name, cluster: ClusterEntry.nullish() })).nullish(),
  users: z.array(z.object({ name: Name, user: UserEntry.nullish() })).nullish(),
  contexts: z
    .array(z.object({ name: Name, context: z.object({ cluster: Text, user: Text }).nullish() }))
    .nullish(),
  'current-context': Text,
})
export type KubeconfigFile = z.infer<typeof KubeconfigFile>
