import { z } from 'zod'

const Path = z.string().min(1).nullish()
const Text = z.string().nullish()

const ClusterEntry = z.object({
  server: z.string().min(1),
  'certificate-authority-data': Text,
  'certificate-authority': Path,
  'insecure-skip-tls-verify': z.boolean().nullish(),
  'tls-server-name': Text,
  'proxy-url': Text,
})
export type ClusterEntry = z.infer<typeof ClusterEntry>

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
  // Programs: kept as they are, run only when allowed.
  exec: z.looseObject({}).nullish(),
  'auth-provider': z.looseObject({}).nullish(),
})
export type UserEntry = z.infer<typeof UserEntry>

/** One kubeconfig file as written. */
export const KubeconfigFile = z.object({
  clusters: z.array(z.object({ name: z.string().min(1), cluster: ClusterEntry })).nullish(),
  users: z.array(z.object({ name: z.string().min(1), user: UserEntry.nullish() })).nullish(),
  contexts: z
    .array(
      z.object({
        name: z.string().min(1),
        context: z.object({ cluster: z.string().default(''), user: z.string().nullish() }),
      }),
    )
    .nullish(),
  'current-context': z.string().nullish(),
})
export type KubeconfigFile = z.infer<typeof KubeconfigFile>
