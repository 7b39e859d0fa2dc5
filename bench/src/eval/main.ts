import { foldProxyNames } from '@capstan/shared/config/fold-proxy-names'
import { readNetworkSettings } from '@capstan/shared/config/network-settings'
import { useProxies } from '@capstan/shared/http/use-proxies'
import { runEval } from './run-eval.ts'

const interrupt = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => interrupt.abort())

const environment = foldProxyNames(process.env)
await useProxies(readNetworkSettings(environment))
process.exitCode = await runEval(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  environment,
  interrupted: interrupt.signal,
})
