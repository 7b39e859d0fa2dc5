// Measures how many concurrent calls the provider simulator handles on one core:
// pnpm exec node scripts/measure-provider-sim.mjs [concurrent calls, default 1000 2000 4000]
// The simulator runs as a process of its own, the load in this one. Every call takes 2 s, so the makespan
// shows the delay of answers. Prints one JSON line per load; it has no pass criterion.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { fileURLToPath } from 'node:url'

const LATENCY_MS = 2000
const ROUNDS = 3
const loads = process.argv.slice(2).map(Number)
const config = {
  latency: { kind: 'uniform', minMs: LATENCY_MS, maxMs: LATENCY_MS },
  limits: { requestsPerMinute: 1e6, inputTokensPerMinute: 1e9, outputTokensPerMinute: 1e9 },
}

const main = fileURLToPath(new URL('../sims/provider-sim/src/main.ts', import.meta.url))
const sim = spawn(process.execPath, [main], {
  env: { SIM_CONFIG: JSON.stringify(config) },
  stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
})
const [{ url }] = await once(sim, 'message')
const agent = new Agent({ keepAlive: true, maxSockets: Infinity })
for (const atOnce of loads.length > 0 ? loads : [1000, 2000, 4000]) {
  for (const stream of [false, true]) await measure(atOnce, stream)
}
agent.destroy()
sim.kill()

async function measure(atOnce, stream) {
  await send('POST', '/_sim/reset')
  const before = await usage()
  const startedMs = performance.now()
  for (let round = 0; round < ROUNDS; round++) {
    const body = (index) => ({
      model: 'm',
      max_tokens: 2000,
      stream,
      messages: [{ role: 'user', content: `Type${round * atOnce + index} (x/v1, namespaced)` }],
    })
    const calls = Array.from({ length: atOnce }, (_, index) =>
      send('POST', '/v1/messages', body(index)),
    )
    await Promise.all(calls)
  }
  const tookMs = performance.now() - startedMs
  const after = await usage()
  const stats = JSON.parse(await send('GET', '/_sim/stats'))
  const line = {
    atOnce,
    stream,
    answered: stats.succeeded,
    peakInFlight: stats.maxInFlight,
    // 1 means no delay; part of it is caused by this process.
    timesLatency: round(tookMs / (ROUNDS * LATENCY_MS)),
    cores: round((after.cpuMs - before.cpuMs) / tookMs),
    cpuMsPerCall: round((after.cpuMs - before.cpuMs) / stats.calls),
    rssMb: Math.round(after.rssMb),
  }
  console.log(JSON.stringify(line))
}

async function usage() {
  return JSON.parse(await send('GET', '/_sim/process'))
}

function send(method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = { authorization: 'Bearer load', 'content-type': 'application/json' }
    const asked = request(`${url}${path}`, { method, agent, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => (text += chunk))
      response.on('end', () => resolve(text))
      response.on('error', reject)
    })
    asked.on('error', reject)
    asked.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

function round(value) {
  return Math.round(value * 100) / 100
}
