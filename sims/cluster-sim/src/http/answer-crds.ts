import type { StoredCrd } from '../crds/stored-crd.ts'
import { acceptsForm } from './parse-accept.ts'
import { renderCrdItem, renderCrdObject, type CrdForm } from './render-crd.ts'
import type { ClusterExchange } from './cluster-exchange.ts'
import { createFailureReply, createJsonReply, type ClusterReply } from './cluster-reply.ts'
import { streamCrdEvents } from './stream-crd-events.ts'

/** GET customresourcedefinitions: a paged list, or a watch. */
export function answerCrds(exchange: ClusterExchange): ClusterReply | undefined {
  const { searchParams } = exchange.url
  const watches = ['1', 'true'].includes(searchParams.get('watch') ?? '')
  if (exchange.faults.forbidCrds) return createForbiddenReply(watches ? 'watch' : 'list')
  if (watches) {
    streamCrdEvents(exchange, chooseForm(exchange, 'PartialObjectMetadata'))
    return undefined
  }
  const token = readToken(searchParams.get('continue'))
  if (token === 'invalid') return createFailureReply(400, 'BadRequest', 'continue key is not valid')
  const all = exchange.store.list(token?.revision)
  if (!all) return createFailureReply(410, 'Expired', 'The provided continue parameter is too old.')
  return listPage(exchange, all, token ?? { revision: exchange.store.revision, start: 0 })
}

/** GET customresourcedefinitions/<name>. */
export function answerCrd(exchange: ClusterExchange, [name = '']: string[]): ClusterReply {
  if (exchange.faults.forbidCrds) return createForbiddenReply('get')
  const crd = exchange.store.get(name)
  if (crd)
    return createJsonReply(renderCrdObject(crd, chooseForm(exchange, 'PartialObjectMetadata')))
  const message = `customresourcedefinitions.apiextensions.k8s.io "${name}" not found`
  return createFailureReply(404, 'NotFound', message)
}

interface Token {
  revision: number
  start: number
}

function listPage(
  exchange: ClusterExchange,
  all: StoredCrd[],
  { revision, start }: Token,
): ClusterReply {
  const form = chooseForm(exchange, 'PartialObjectMetadataList')
  const limit = Number(exchange.url.searchParams.get('limit')) || all.length
  const end = Math.min(start + limit, all.length)
  const metadata = {
    resourceVersion: String(revision),
    ...(end < all.length
      ? { continue: writeToken({ revision, start: end }), remainingItemCount: all.length - end }
      : {}),
  }
  const kind = form.metadataOnly
    ? '"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1"'
    : '"kind":"CustomResourceDefinitionList","apiVersion":"apiextensions.k8s.io/v1"'
  const items = all.slice(start, end).map((crd) => renderCrdItem(crd, form))
  // A real server writes null for an empty metadata list.
  const list = form.metadataOnly && items.length === 0 ? 'null' : `[${items.join(',')}]`
  return createJsonReply(`{${kind},"metadata":${JSON.stringify(metadata)},"items":${list}}`)
}

function chooseForm({ accepted, faults }: ClusterExchange, as: string): CrdForm {
  return { metadataOnly: acceptsForm(accepted, as, 'meta.k8s.io', 'v1'), faults }
}

function createForbiddenReply(verb: string): ClusterReply {
  const message =
    'customresourcedefinitions.apiextensions.k8s.io is forbidden: User "capstan" cannot ' +
    `${verb} resource "customresourcedefinitions" in API group "apiextensions.k8s.io" at the cluster scope`
  return createFailureReply(403, 'Forbidden', message)
}

function writeToken(token: Token): string {
  return Buffer.from(`${token.revision} ${token.start}`).toString('base64url')
}

function readToken(text: string | null): Token | 'invalid' | undefined {
  if (!text) return undefined
  const match = /^(\d+) (\d+)$/.exec(Buffer.from(text, 'base64url').toString())
  return match ? { revision: Number(match[1]), start: Number(match[2]) } : 'invalid'
}
