import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from '../on-test-finished.ts'
import { ownPort } from '../own-port.ts'
import { until } from '../until.ts'
import type { NginxProgram } from './find-nginx.ts'

/**
 * Starts nginx on the loopback with the given `location` blocks. It is stopped with the test. Returns its
 * URL.
 */
export async function startNginx(program: NginxProgram, locations: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'capstan-nginx-'))
  const port = await ownPort()
  const file = join(folder, 'nginx.conf')
  await writeFile(file, buildConfiguration(folder, port, locations))
  const args = ['-p', folder, '-c', file, '-e', join(folder, 'error.log')]
  const child = spawn(program.command, args, { env: program.environment, stdio: 'ignore' })
  const ended = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
    await rm(folder, { recursive: true, force: true })
  })
  const url = `http://127.0.0.1:${port}`
  await until('nginx', async () => {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}`)
    return fetch(url).catch(() => undefined)
  })
  return url
}

function buildConfiguration(folder: string, port: number, locations: string): string {
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  const temporary = places.map((name) => `  ${name}_temp_path ${join(folder, name)};`)
  return `daemon off;
master_process off;
pid ${join(folder, 'nginx.pid')};
events {}
http {
  access_log off;
${temporary.join('\n')}
  server {
    listen 127.0.0.1:${port};
    location = / { return 204; }
${locations}
  }
}
`
}
