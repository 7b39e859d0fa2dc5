import { CLI_VERSION } from '../version.ts'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import type { ClusterChoice } from './choose-cluster.ts'
import type { Environment } from './environment.ts'

export interface BannerContent {
  apiUrl: string
  /** URL without password. */
  redis: string
  cluster: ClusterChoice
  /** The model that answers, followed by its problem, if any. */
  llm: string[]
  workers: number
  logs: string
  environment: Environment
  program: string
}

/** Formats the running services, their addresses, and three commands to try. */
export function formatBanner(facts: BannerContent): string {
  const { apiUrl, environment } = facts
  const needsToken = Boolean(environment['CAPSTAN_TOKEN'] || environment['CAPSTAN_TOKEN_FILE'])
  const auth = needsToken ? ' -H "authorization: Bearer $CAPSTAN_TOKEN"' : ''
  const json = "-H 'content-type: application/json'"
  return `
Capstan ${CLI_VERSION} serves at ${apiUrl}
  Dashboard   ${apiUrl}/ui/
  API docs    ${apiUrl}/docs
  Bull Board  ${apiUrl}/queues
  Redis       ${facts.redis}
  LLM         ${facts.llm.join(`\n${' '.repeat(14)}`)}
  Cluster     ${toPlainText(facts.cluster.text)}
  Workers     ${facts.workers}, logs in ${facts.logs}

Try:
  ID=$(curl -s${auth} ${json} -d '{}' ${apiUrl}/api/v1/scans | grep -o 'scan_[0-9a-f]*' | head -1)
  curl -N${auth} -H 'accept: text/event-stream' ${apiUrl}/api/v1/scans/$ID/events
  curl -s${auth} '${apiUrl}/api/v1/capabilities/search?q=database'
The same with the CLI: ${facts.program} scan${formatServerOption(apiUrl)}

Ctrl-C stops it.
`
}

function formatServerOption(apiUrl: string): string {
  return apiUrl === 'http://127.0.0.1:8080' ? '' : ` --server ${apiUrl}`
}
