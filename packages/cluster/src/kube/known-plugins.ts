/** The permitted calls of a credential plugin: those that its own command line writes into kubeconfigs. */
interface KnownPlugin {
  /** Subcommands that only print a credential. */
  calls: readonly string[]
  /** Options that run another program. */
  refusedOptions?: readonly string[]
}

const OIDC: KnownPlugin = { calls: ['get-token'], refusedOptions: ['--browser-command'] }

/**
 * Programs that print a credential for one cluster, by name. Each has its subcommands: `aws` without `eks get-token` could
 * be any call to that cloud.
 */
export const KNOWN_PLUGINS: ReadonlyMap<string, KnownPlugin> = new Map<string, KnownPlugin>([
  ['aws', { calls: ['eks get-token'] }],
  ['aws-iam-authenticator', { calls: ['token'] }],
  ['doctl', { calls: ['kubernetes cluster kubeconfig exec-credential'] }],
  ['gke-gcloud-auth-plugin', { calls: [''] }],
  ['kubectl', { ...OIDC, calls: ['oidc-login get-token'] }],
  ['kubectl-oidc_login', OIDC],
  ['kubelogin', OIDC],
  ['oc', { calls: ['get-token'] }],
  ['oci', { calls: ['ce cluster generate-token'] }],
  ['pinniped', { calls: ['login oidc', 'login static'] }],
  ['rancher', { calls: ['token'] }],
  ['scw', { calls: ['k8s exec-credential'] }],
  ['tsh', { calls: ['kube credentials'] }],
  ['yc', { calls: ['k8s create-token', 'managed-kubernetes create-token'] }],
])

/**
 * Variables that a kubeconfig may set for them: accounts, regions and clients. None of them can name a file, a program or a
 * library, as PATH, LD_PRELOAD, CLOUDSDK_PYTHON and AWS_CONFIG_FILE do (that file can name a program).
 */
const VARIABLES = new Set(
  `AAD_LOGIN_METHOD AAD_SERVICE_PRINCIPAL_CLIENT_ID AAD_SERVICE_PRINCIPAL_CLIENT_SECRET AWS_DEFAULT_PROFILE
  AWS_DEFAULT_REGION AWS_PROFILE AWS_REGION AWS_ROLE_ARN AWS_ROLE_SESSION_NAME AWS_STS_REGIONAL_ENDPOINTS AZURE_CLIENT_ID
  AZURE_CLIENT_SECRET AZURE_TENANT_ID CLOUDSDK_ACTIVE_CONFIG_NAME CLOUDSDK_CORE_ACCOUNT CLOUDSDK_CORE_PROJECT OCI_CLI_AUTH
  OCI_CLI_PROFILE OCI_CLI_REGION SCW_PROFILE USE_GKE_GCLOUD_AUTH_PLUGIN`.split(/\s+/),
)

/** Why a call of a known plugin is not permitted; undefined if it is. */
export function findCallFault(
  { calls, refusedOptions = [] }: KnownPlugin,
  args: readonly string[],
  variables: readonly string[],
): string | undefined {
  const variable = variables.find((name) => !VARIABLES.has(name))
  if (variable !== undefined) return `with the variable ${variable}`
  if (!calls.some((call) => startsWithCall(args, call.split(' ').filter(Boolean)))) {
    return 'for something else than a credential'
  }
  const option = args.find((arg) => refusedOptions.some((name) => arg.split('=')[0] === name))
  return option === undefined ? undefined : `with the option ${option.split('=')[0]}`
}

/** Options with a value that can precede the subcommand: `aws --region R eks get-token`. */
const LEADING_OPTIONS = ['--output', '--profile', '--region']

function startsWithCall(args: readonly string[], words: readonly string[]): boolean {
  let at = 0
  while (args[at]?.startsWith('-')) at += LEADING_OPTIONS.includes(args[at] ?? '') ? 2 : 1
  return words.every((word, index) => args[at + index] === word)
}
