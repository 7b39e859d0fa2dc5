import type { Exchange } from './exchange.ts'
import { failure, json, type Reply } from './reply.ts'

/** GET apiservices: which group and version is served by whom. */
export function answerApiServices({ view, faults }: Exchange): Reply {
  if (!faults.forbidApiServices) {
    const kind = { kind: 'APIServiceList', apiVersion: 'apiregistration.k8s.io/v1' }
    return json({ ...kind, metadata: {}, items: view.apiServices })
  }
  const message =
    'apiservices.apiregistration.k8s.io is forbidden: User "capstan" cannot list resource "apiservices" ' +
    'in API group "apiregistration.k8s.io" at the cluster scope'
  return failure(403, 'Forbidden', message)
}
