import { z } from 'zod'
import { NetworkTarget } from '@capstan/shared/contract/network-target'
import { readNetworkSettings } from '@capstan/shared/config/network-settings'
import { describeTarget } from '@capstan/shared/http/describe-target'
import { readProxyRules } from '@capstan/shared/http/proxy-rules'
import type { CliSession } from '../../cli-session.ts'
import type { DoctorCheck } from './doctor-check.ts'

const Targets = z.object({ data: z.array(NetworkTarget.extend({ process: z.string() })) })

/** Reports how the CLI reaches the server. Empty when no proxy is set. */
export function checkOwnNetwork({ api, io }: CliSession): DoctorCheck[] {
  const { proxies, choose } = readProxyRules(readNetworkSettings(io.environment))
  if (proxies.length === 0) return []
  return [createCheck('this command', describeTarget('server', api.server, choose(api.server)))]
}

/** Reports how API and workers reach their targets, without duplicate lines. Empty when no proxy is used. */
export async function checkNetwork({ api, io }: CliSession): Promise<DoctorCheck[]> {
  const { data } = await api.get('/network', Targets, { signal: io.interrupted })
  if (data.every(({ proxy }) => proxy === null)) return []
  const checks = data.map(({ process, ...target }) =>
    createCheck(process === 'api' ? 'api' : 'worker', target),
  )
  const byDetail = new Map(checks.map((check) => [check.detail, check]))
  return [...byDetail.values()]
}

function createCheck(from: string, { use, target, proxy, setting }: NetworkTarget): DoctorCheck {
  const path = proxy === null ? 'directly' : `through the proxy ${proxy} (${setting})`
  return { name: 'network', state: 'ok', detail: `${from} to ${use} at ${target}: ${path}` }
}
