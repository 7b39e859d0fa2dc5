import type { ClusterExchange } from './cluster-exchange.ts'
import { createFailureReply, createJsonReply, type ClusterReply } from './cluster-reply.ts'

/** GET apiservices: the server of each group and version. */
export function answerApiServices({ view, faults }: ClusterExchange): ClusterReply {
  if (!faults.forbidApiServices) {
    const kind = { kind: 'APIServiceList', apiVersion: 'apiregistration.k8s.io/v1' }
    return createJsonReply({ ...kind, metadata: {}, items: view.apiServices })
  }
  const message =
    'apiservices.apiregistration.k8s.io is forbidden: User "capstan" cannot list resource "apiservices" ' +
    'in API group "apiregistration.k8s.io" at the cluster scope'
  return createFailureReply(403, 'Forbidden', message)
}
