import type { Command } from 'commander'

/** Examples by command path, without the program name. */
export const EXAMPLES: Record<string, readonly string[]> = {
  '': ['up', 'scan', 'search postgres with backups'],
  up: ['up', 'up --demo --port 0', 'up --cluster prod --workers 4'],
  demo: ['demo', 'demo --types "*.apps" --latency 500', 'demo --keep'],
  scan: [
    'scan',
    'scan "*.postgresql.cnpg.io" deployments --full',
    'scan --dry-run',
    'scan --max-cost 2 --detach -o name',
  ],
  watch: ['watch', 'watch latest --timeout 15m --max-wait 2m'],
  retry: ['retry latest --failed --wait', 'retry latest cronjobs.batch'],
  discard: ['discard latest', 'discard latest cronjobs.batch'],
  cancel: ['cancel latest'],
  pause: ['pause latest'],
  resume: ['resume latest --max-cost 5', 'resume --provider openai --account main'],
  diff: ['diff', 'diff latest --against previous'],
  prune: ['prune', 'prune --delete'],
  schedule: ['schedule set nightly --cron "0 3 * * *"', 'get schedules'],
  'schedule set': [
    'schedule set nightly --cron "0 3 * * *" --time-zone Europe/Berlin',
    'schedule set crds "*.example.com" --cron "0 * * * *" --concurrency 2',
  ],
  'schedule remove': ['schedule remove nightly'],
  'schedule pause': ['schedule pause nightly'],
  'schedule resume': ['schedule resume nightly'],
  get: ['get scans', 'get capabilities -o wide'],
  'get scans': ['get scans --status failed', 'get scans -l team=platform --limit 5 -o json'],
  'get resources': ['get resources postgres', 'get resources --crd --capability missing'],
  'get capabilities': [
    'get capabilities --provider aws',
    'get capabilities --min-confidence 0.8 -o yaml',
  ],
  'get schedules': ['get schedules'],
  'get workers': ['get workers -o wide'],
  'get providers': ['get providers -o wide'],
  'get audit': ['get audit', 'get audit --limit 500 -o ndjson'],
  describe: ['describe scan latest', 'describe capability deployments.apps'],
  'describe scan': ['describe scan', 'describe scan latest -o json'],
  'describe capability': ['describe capability deployments.apps', 'describe capability Deployment'],
  example: ['example deployments.apps > deployment.yaml', 'example Certificate --cluster prod'],
  export: ['export > rows.ndjson', 'export --provider aws -o yaml'],
  search: ['search postgres with backups', 'search "message queue" --cluster prod --limit 5'],
  doctor: ['doctor', 'doctor -o json'],
  version: ['version'],
  override: [
    'override deployments.apps --complexity low --note "our platform hides it"',
    'override deployments.apps --remove',
  ],
  reindex: ['reindex', 'reindex --no-wait'],
  import: ['import rows.ndjson'],
  queue: ['queue', 'queue pause'],
  'queue pause': ['queue pause'],
  'queue resume': ['queue resume'],
  webhooks: ['webhooks', 'webhooks create https://hooks.example.com/capstan'],
  'webhooks create': [
    'webhooks create https://hooks.example.com/capstan --event scan.failed -l team=platform',
  ],
  'webhooks remove': ['webhooks remove HOOK'],
  'webhooks test': ['webhooks test HOOK'],
  'webhooks deliveries': ['webhooks deliveries HOOK --status dead'],
  'webhooks replay': ['webhooks replay HOOK DELIVERY'],
  open: ['open', 'open latest'],
  config: ['config init', 'config use-context prod'],
  'config init': ['config init', 'config init --server https://capstan.example.com'],
  'config set-context': [
    'config set-context prod --server https://capstan.example.com --token-file token',
  ],
  'config use-context': ['config use-context prod'],
  'config get-contexts': ['config get-contexts'],
  completion: ['completion bash > capstan.bash', 'completion fish > capstan.fish'],
}

/** Appends examples to the help of each command. */
export function addExamples(command: Command, program: string, path: readonly string[] = []): void {
  const examples = EXAMPLES[path.join(' ')] ?? []
  const lines = examples.map((example) => `  ${program} ${example}`)
  if (lines.length > 0) command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`)
  for (const child of command.commands) addExamples(child, program, [...path, child.name()])
}
