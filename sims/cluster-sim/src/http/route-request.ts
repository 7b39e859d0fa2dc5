import { answerApiServices } from './answer-api-services.ts'
import { answerCrd, answerCrds } from './answer-crds.ts'
import {
  answerCore,
  answerGroup,
  answerGroups,
  answerResources,
  createNotFoundReply,
} from './answer-discovery.ts'
import { answerOpenApiDocument, answerOpenApiIndex } from './answer-openapi.ts'
import type { RouteHandler, ClusterExchange } from './cluster-exchange.ts'
import { createFailureReply, createJsonReply, type ClusterReply } from './cluster-reply.ts'

/** All readable paths: definitions of types, no objects. Capture groups are passed to the handler. */
const ROUTES: [RegExp, RouteHandler][] = [
  [/^\/version$/, ({ view }) => createJsonReply(view.builtIn.version)],
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

/** Routes a request: 405 for a write to a known path, 403 for any object, 404 for unknown paths. */
export function routeRequest(exchange: ClusterExchange): ClusterReply | undefined {
  const path = exchange.url.pathname.replace(/(?<=.)\/$/, '')
  for (const [pattern, answer] of ROUTES) {
    const match = pattern.exec(path)
    if (!match) continue
    if (exchange.request.method === 'GET') return answer(exchange, match.slice(1))
    return createFailureReply(
      405,
      'MethodNotAllowed',
      'this cluster serves definitions, to be read only',
    )
  }
  return isObjectPath(path) ? createForbiddenReply(path) : createNotFoundReply()
}

function isObjectPath(path: string): boolean {
  return /^\/(api\/v1|apis\/[^/]+\/[^/]+)\/./.test(path)
}

function createForbiddenReply(path: string): ClusterReply {
  const message = `forbidden: User "capstan" may read definitions only, not path "${path}"`
  return createFailureReply(403, 'Forbidden', message)
}
