import type { StoredCrd } from '../crds/stored-crd.ts'
import { asksFor } from './accepts.ts'
import { crdItem, crdObject, type CrdForm } from './crd-text.ts'
import type { Exchange } from './exchange.ts'
import { failure, json, type Reply } from './reply.ts'
import { watchCrds } from './watch-crds.ts'

/** GET customresourcedefinitions: a list in pages, or a watch. */
export function answerCrds(exchange: Exchange): Reply | undefined {
  const { searchParams } = exchange.url
  const watches = ['1', 'true'].includes(searchParams.get('watch') ?? '')
  if (exchange.faults.forbidCrds) return forbiddenCrds(watches ? 'watch' : 'list')
  if (watches) {
    watchCrds(exchange, formOf(exchange, 'PartialObjectMetadata'))
    return undefined
  }
  const token = readToken(searchParams.get('continue'))
  if (token === 'invalid') return failure(400, 'BadRequest', 'continue key is not valid')
  const all = exchange.store.list(token?.revision)
  if (!all) return failure(410, 'Expired', 'The provided continue parameter is too old.')
  return listPage(exchange, all, token ?? { revision: exchange.store.revision, start: 0 })
}

/** GET customresourcedefinitions/<name>. */
export function answerCrd(exchange: Exchange, [name = '']: string[]): Reply {
  if (exchange.faults.forbidCrds) return forbiddenCrds('get')
  const crd = exchange.store.get(name)
  if (crd) return json(crdObject(crd, formOf(exchange, 'PartialObjectMetadata')))
  const message = `customresourcedefinitions.apiextensions.k8s.io "${name}" not found`
  return failure(404, 'NotFound', message)
}

interface Token {
  revision: number
  start: number
}

function listPage(exchange: Exchange, all: StoredCrd[], { revision, start }: Token): Reply {
  const form = formOf(exchange, 'PartialObjectMetadataList')
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
  const items = all.slice(start, end).map((crd) => crdItem(crd, form))
  // A real server writes no empty list of metadata.
  const list = form.metadataOnly && items.length === 0 ? 'null' : `[${items.join(',')}]`
  return json(`{${kind},"metadata":${JSON.stringify(metadata)},"items":${list}}`)
}

function formOf({ accepted, faults }: Exchange, as: string): CrdForm {
  return { metadataOnly: asksFor(accepted, as, 'meta.k8s.io', 'v1'), faults }
}

function forbiddenCrds(verb: string): Reply {
  const message =
    'customresourcedefinitions.apiextensions.k8s.io is forbidden: User "capstan" cannot ' +
    `${verb} resource "customresourcedefinitions" in API group "apiextensions.k8s.io" at the cluster scope`
  return failure(403, 'Forbidden', message)
}

function writeToken(token: Token): string {
  return Buffer.from(`${token.revision} ${token.start}`).toString('base64url')
}

function readToken(text: string | null): Token | 'invalid' | undefined {
  if (!text) return undefined
  const match = /^(\d+) (\d+)$/.exec(Buffer.from(text, 'base64url').toString())
  return match ? { revision: Number(match[1]), start: Number(match[2]) } : 'invalid'
}
