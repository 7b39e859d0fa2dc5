import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { parse } from 'yaml'
import { z } from 'zod'
import { CRDS_PATH } from './watched-cluster.ts'

/** A kubeconfig with one context, as test clusters provide it: with files or inline data. */
const Kubeconfig = z.object({
  clusters: z.tuple([
    z.object({
      cluster: z.object({
        server: z.string(),
        'certificate-authority': z.string().optional(),
        'certificate-authority-data': z.base64().optional(),
        'insecure-skip-tls-verify': z.boolean().default(false),
      }),
    }),
  ]),
  users: z.tuple([
    z.object({
      user: z.object({
        token: z.string().optional(),
        'client-certificate': z.string().optional(),
        'client-certificate-data': z.base64().optional(),
        'client-key': z.string().optional(),
        'client-key-data': z.base64().optional(),
      }),
    }),
  ]),
})

export interface LiveCluster {
  /** Creates, changes or deletes a CRD. Throws the message of the server when it refuses. */
  write(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<void>
  read(name: string): Promise<{ metadata: object; status: { conditions: object[] } }>
}

/** Writes CRDs to a real API server, which Capstan itself never does. */
export function openLiveCluster(kubeconfig: string): LiveCluster {
  const { clusters, users } = Kubeconfig.parse(parse(readFileSync(kubeconfig, 'utf8')))
  const [{ cluster }, { user }] = [clusters[0], users[0]]
  const tls = {
    ca: contentOf(cluster['certificate-authority'], cluster['certificate-authority-data']),
    cert: contentOf(user['client-certificate'], user['client-certificate-data']),
    key: contentOf(user['client-key'], user['client-key-data']),
    rejectUnauthorized: !cluster['insecure-skip-tls-verify'],
  }
  const ask = (method: string, path: string, body?: object): Promise<string> =>
    new Promise((resolve, reject) => {
      const headers = {
        'content-type': 'application/json',
        ...(user.token === undefined ? {} : { authorization: `Bearer ${user.token}` }),
      }
      const sent = request(
        cluster.server + CRDS_PATH + path,
        { method, headers, ...tls },
        (reply) => {
          const chunks: Buffer[] = []
          reply.on('data', (chunk: Buffer) => chunks.push(chunk))
          reply.on('end', () => {
            const text = Buffer.concat(chunks).toString()
            if ((reply.statusCode ?? 0) < 300) resolve(text)
            else reject(new Error(`${method} ${path}: ${reply.statusCode} ${text.slice(0, 500)}`))
          })
        },
      )
      sent.on('error', reject)
      sent.end(body && JSON.stringify(body))
    })
  return {
    write: async (method, path, body) => void (await ask(method, path, body)),
    read: async (name) => JSON.parse(await ask('GET', `/${name}`)),
  }
}

function contentOf(path: string | undefined, data: string | undefined): Buffer | undefined {
  if (data !== undefined) return Buffer.from(data, 'base64')
  return path === undefined ? undefined : readFileSync(path)
}
