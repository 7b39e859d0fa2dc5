import { defaultModel } from '@capstan/shared/config/default-model'
import { plainText } from '@capstan/shared/text/plain-text'
import { VERSION } from '../version.ts'
import type { ClusterChoice } from './choose-cluster.ts'
import type { Environment } from './environment.ts'

export interface BannerFacts {
  apiUrl: string
  /** Without password. */
  redis: string
  cluster: ClusterChoice
  workers: number
  logs: string
  environment: Environment
  program: string
}

/** What runs now, where, and the three lines to try. */
export function banner(facts: BannerFacts): string {
  const { apiUrl, environment } = facts
  const needsToken = Boolean(environment['CAPSTAN_TOKEN'] || environment['CAPSTAN_TOKEN_FILE'])
  const auth = needsToken ? ' -H "authorization: Bearer $CAPSTAN_TOKEN"' : ''
  const json = "-H 'content-type: application/json'"
  return `
Capstan ${VERSION} serves at ${apiUrl}
  API docs    ${apiUrl}/docs
  Bull Board  ${apiUrl}/queues
  Redis       ${facts.redis}
  LLM         ${providerText(environment)}
  Cluster     ${plainText(facts.cluster.text)}
  Workers     ${facts.workers}, logs in ${facts.logs}

Try:
  ID=$(curl -s${auth} ${json} -d '{}' ${apiUrl}/api/v1/scans | grep -o 'scan_[0-9a-f]*' | head -1)
  curl -N${auth} -H 'accept: text/event-stream' ${apiUrl}/api/v1/scans/$ID/events
  curl -s${auth} '${apiUrl}/api/v1/capabilities/search?q=database'
The same by command: ${facts.program} scan${serverOption(apiUrl)}

Ctrl-C stops it.
`
}

/** The rule by which workers choose; see their configuration. */
function providerText(environment: Environment): string {
  const has = (name: string): boolean => Boolean(environment[name] || environment[`${name}_FILE`])
  const byKey = has('ANTHROPIC_API_KEY') ? 'anthropic' : has('OPENAI_API_KEY') ? 'openai' : 'demo'
  const asked = environment['CAPSTAN_PROVIDER']
  const provider = asked === 'anthropic' || asked === 'openai' || asked === 'demo' ? asked : byKey
  if (provider === 'demo') {
    return 'none: demo rules answer (for a model set ANTHROPIC_API_KEY or OPENAI_API_KEY)'
  }
  return `${provider}, ${environment['CAPSTAN_MODEL'] ?? defaultModel(provider)}`
}

function serverOption(apiUrl: string): string {
  return apiUrl === 'http://127.0.0.1:8080' ? '' : ` --server ${apiUrl}`
}
