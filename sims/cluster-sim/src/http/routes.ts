import { answerApiServices } from './answer-api-services.ts'
import { answerCrd, answerCrds } from './answer-crds.ts'
import {
  answerCore,
  answerGroup,
  answerGroups,
  answerResources,
  notFound,
} from './answer-discovery.ts'
import { answerOpenApiDocument, answerOpenApiIndex } from './answer-openapi.ts'
import type { Answer, Exchange } from './exchange.ts'
import { failure, json, type Reply } from './reply.ts'

/** All there is to read: definitions of types, never an object. The groups of a path are its parts. */
const ROUTES: [RegExp, Answer][] = [
  [/^\/version$/, ({ view }) => json(view.builtIn.version)],
  [/^\/api$/, answerCore],
  [/^\/api\/(v1)$/, answerResources],
  [/^\/apis$/, answerGroups],
  [/^\/apis\/([^/]+)$/, answerGroup],
  [/^\/apis\/([^/]+)\/([^/]+)$/, answerResources],
  [/^\/openapi\/v3$/, answerOpenApiIndex],
  [/^\/openapi\/v3\/(.+)$/, answerOpenApiDocument],
  [/^\/apis\/apiregistration\.k8s\.io\/v1\/apiservices$/, answerApiServices],
  [/^\/apis\/apiextensions\.k8s\.io\/v1\/customresourcedefinitions$/, answerCrds],
  [/^\/apis\/apiextensions\.k8s\.io\/v1\/customresourcedefinitions\/([^/]+)$/, answerCrd],
]

/** Answers a request: 405 for a write to a known path, 403 for any object, 404 for what does not exist. */
export function route(exchange: Exchange): Reply | undefined {
  const path = exchange.url.pathname.replace(/(?<=.)\/$/, '')
  for (const [pattern, answer] of ROUTES) {
    const match = pattern.exec(path)
    if (!match) continue
    if (exchange.request.method === 'GET') return answer(exchange, match.slice(1))
    return failure(405, 'MethodNotAllowed', 'this cluster serves definitions, to be read only')
  }
  return isObjectPath(path) ? forbidden(path) : notFound()
}

function isObjectPath(path: string): boolean {
  return /^\/(api\/v1|apis\/[^/]+\/[^/]+)\/./.test(path)
}

function forbidden(path: string): Reply {
  const message = `forbidden: User "capstan" may read definitions only, not path "${path}"`
  return failure(403, 'Forbidden', message)
}
