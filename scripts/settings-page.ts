// Writes docs/settings.md from the schemas that read the environment. Part of `fix`; test/settings.test.ts
// fails when the page is out of date.
import { writeFileSync } from 'node:fs'
import { ApiSettings } from '../apps/api/src/config.ts'
import { StackSettings } from '../apps/cli/src/stack/settings.ts'
import { ClusterSimConfig } from '../sims/cluster-sim/src/config.ts'
import { ProviderSimSettings } from '../sims/provider-sim/src/config.ts'
import { WorkerConfig } from '../apps/worker/src/config.ts'
import {
  describeSettings,
  type SettingDescription,
} from '../packages/shared/src/config/describe-settings.ts'

type Schema = Parameters<typeof describeSettings>[0]

/** Schemas by process. */
export const PROCESSES: Record<string, Schema> = {
  api: ApiSettings,
  worker: WorkerConfig,
  'capstan up': StackSettings,
}
export const SIMULATORS: Record<string, Schema> = {
  'cluster-sim': ClusterSimConfig,
  'provider-sim': ProviderSimSettings,
}

export const SETTINGS_PAGE = new URL('../docs/settings.md', import.meta.url)

if (import.meta.main) writeFileSync(SETTINGS_PAGE, renderSettingsPage())

/** Renders the whole page. */
export function renderSettingsPage(): string {
  return `<!-- Written by scripts/settings-page.ts (\`npx -y pnpm@12.21.0 fix\`); change the schemas, not this page. -->

# Settings

All settings are environment variables. An empty value counts as unset. A process with invalid settings lists all faults and
exits with code 78 (EX_CONFIG); a restart cannot help.

* **\`NAME_FILE\`** works for every setting: the path of a file with the value, such as a mounted secret. Setting both
  \`NAME\` and \`NAME_FILE\` is a fault.
* **Secrets** are never logged or printed, and have no default.
* \`node apps/api/src/main.ts --print-config\` prints the effective settings with their sources and masks secrets. The worker has
  the same option.
* \`capstan up\` starts the API and workers on one machine and passes each process only the settings it reads: keys of model
  providers to workers, cluster access and the token to the API.

${renderTable(PROCESSES)}
## The command line

\`capstan\` reads \`CAPSTAN_SERVER\` (URL of the API, default \`http://127.0.0.1:8080\`), \`CAPSTAN_TOKEN\` or \`CAPSTAN_TOKEN_FILE\` (the token
for the API), and \`NO_COLOR\` or \`FORCE_COLOR\`, and the proxies and \`NODE_EXTRA_CA_CERTS\` above
([company networks](company-networks.md)). Everything else is an option: \`capstan --help\`.

## The simulators

For the demo, tests and benchmarks only.

${renderTable(SIMULATORS)}`
}

/** One row per setting; a setting with the same meaning in several processes has one row. */
function renderTable(schemas: Record<string, Schema>): string {
  const rows = new Map<string, { setting: SettingDescription; readers: string[] }>()
  for (const [reader, schema] of Object.entries(schemas)) {
    for (const setting of describeSettings(schema)) {
      const key = JSON.stringify(setting)
      const { readers } = rows.get(key) ?? { readers: [] }
      rows.set(key, { setting, readers: [...readers, reader] })
    }
  }
  const lines = [...rows.values()].map(({ setting, readers }) => renderRow(setting, readers))
  return `| name | read by | type | default | secret | |
| --- | --- | --- | --- | --- | --- |
${lines.join('\n')}
`
}

function renderRow(setting: SettingDescription, readers: string[]): string {
  const usual = setting.default === undefined ? '' : `\`${setting.default}\``
  const cells = [
    `\`${setting.name}\``,
    readers.join(', '),
    setting.type,
    setting.isRequired ? '**required**' : usual,
    setting.isSecret ? 'yes' : '',
    setting.description,
  ]
  return `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`
}
