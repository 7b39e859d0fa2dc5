import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import type { PrinterColumn } from '@capstan/shared/contract/printer-column'

const WORKLOAD = '*CONTAINERS|*IMAGES|*SELECTOR'
const REPLICAS = `DESIRED#=.spec.replicas|CURRENT#=.status.replicas|READY#=.status.readyReplicas|AGE|${WORKLOAD}`
const BINDING = 'ROLE|AGE|*USERS|*GROUPS|*SERVICEACCOUNTS'
const WEBHOOKS = 'WEBHOOKS#|AGE'
const POLICY_BINDING = 'POLICYNAME=.spec.policyName|PARAMREF|AGE'
const USAGE = 'CPU=.usage.cpu|MEMORY=.usage.memory|WINDOW=.window'

/**
 * Columns of `kubectl get -o wide` for built-in types (Kubernetes 1.34 to 1.36), after NAME. The server returns these columns
 * only with objects, which Capstan does not read. `*` marks columns of the wide output only, `#` numbers, and `=` the path of
 * a value that is not computed.
 */
const TABLE: Readonly<Record<string, string>> = {
  pods: 'READY|STATUS|RESTARTS|AGE|*IP=.status.podIP|*NODE=.spec.nodeName|*NOMINATED NODE=.status.nominatedNodeName|*READINESS GATES',
  podtemplates: 'CONTAINERS|IMAGES|POD LABELS',
  replicationcontrollers: REPLICAS,
  services: `TYPE=.spec.type|CLUSTER-IP=.spec.clusterIP|EXTERNAL-IP|PORT(S)|AGE|*SELECTOR`,
  endpoints: 'ENDPOINTS|AGE',
  nodes:
    'STATUS|ROLES|AGE|VERSION=.status.nodeInfo.kubeletVersion|*INTERNAL-IP|*EXTERNAL-IP|*OS-IMAGE=.status.nodeInfo.osImage|*KERNEL-VERSION=.status.nodeInfo.kernelVersion|*CONTAINER-RUNTIME=.status.nodeInfo.containerRuntimeVersion',
  namespaces: 'STATUS=.status.phase|AGE',
  secrets: 'TYPE=.type|DATA#|AGE',
  configmaps: 'DATA#|AGE',
  serviceaccounts: 'SECRETS#|AGE',
  persistentvolumes:
    'CAPACITY=.spec.capacity.storage|ACCESS MODES|RECLAIM POLICY=.spec.persistentVolumeReclaimPolicy|STATUS=.status.phase|CLAIM|STORAGECLASS=.spec.storageClassName|VOLUMEATTRIBUTESCLASS=.spec.volumeAttributesClassName|REASON=.status.reason|AGE|*VOLUMEMODE=.spec.volumeMode',
  persistentvolumeclaims:
    'STATUS=.status.phase|VOLUME=.spec.volumeName|CAPACITY=.status.capacity.storage|ACCESS MODES|STORAGECLASS=.spec.storageClassName|VOLUMEATTRIBUTESCLASS=.spec.volumeAttributesClassName|AGE|*VOLUMEMODE=.spec.volumeMode',
  resourcequotas: 'REQUEST|LIMIT|AGE',
  limitranges: 'CREATED AT',
  componentstatuses: 'STATUS|MESSAGE|ERROR',
  'deployments.apps': `READY|UP-TO-DATE#=.status.updatedReplicas|AVAILABLE#=.status.availableReplicas|AGE|${WORKLOAD}`,
  'replicasets.apps': REPLICAS,
  'statefulsets.apps': 'READY|AGE|*CONTAINERS|*IMAGES',
  'daemonsets.apps': `DESIRED#=.status.desiredNumberScheduled|CURRENT#=.status.currentNumberScheduled|READY#=.status.numberReady|UP-TO-DATE#=.status.updatedNumberScheduled|AVAILABLE#=.status.numberAvailable|NODE SELECTOR|AGE|${WORKLOAD}`,
  'controllerrevisions.apps': 'CONTROLLER|REVISION#=.revision|AGE',
  'jobs.batch': `STATUS|COMPLETIONS|DURATION|AGE|${WORKLOAD}`,
  'cronjobs.batch': `SCHEDULE=.spec.schedule|TIMEZONE=.spec.timeZone|SUSPEND=.spec.suspend|ACTIVE#|LAST SCHEDULE=.status.lastScheduleTime|AGE|${WORKLOAD}`,
  'horizontalpodautoscalers.autoscaling':
    'REFERENCE|TARGETS|MINPODS#=.spec.minReplicas|MAXPODS#=.spec.maxReplicas|REPLICAS#=.status.currentReplicas|AGE',
  'poddisruptionbudgets.policy':
    'MIN AVAILABLE=.spec.minAvailable|MAX UNAVAILABLE=.spec.maxUnavailable|ALLOWED DISRUPTIONS#=.status.disruptionsAllowed|AGE',
  'ingresses.networking.k8s.io': 'CLASS=.spec.ingressClassName|HOSTS|ADDRESS|PORTS|AGE',
  'ingressclasses.networking.k8s.io': 'CONTROLLER=.spec.controller|PARAMETERS|AGE',
  'networkpolicies.networking.k8s.io': 'POD-SELECTOR|AGE',
  'servicecidrs.networking.k8s.io': 'CIDRS|AGE',
  'ipaddresses.networking.k8s.io': 'PARENTREF',
  'endpointslices.discovery.k8s.io': 'ADDRESSTYPE=.addressType|PORTS|ENDPOINTS|AGE',
  'roles.rbac.authorization.k8s.io': 'CREATED AT',
  'clusterroles.rbac.authorization.k8s.io': 'CREATED AT',
  'rolebindings.rbac.authorization.k8s.io': BINDING,
  'clusterrolebindings.rbac.authorization.k8s.io': BINDING,
  'storageclasses.storage.k8s.io':
    'PROVISIONER=.provisioner|RECLAIMPOLICY=.reclaimPolicy|VOLUMEBINDINGMODE=.volumeBindingMode|ALLOWVOLUMEEXPANSION=.allowVolumeExpansion|AGE',
  'volumeattachments.storage.k8s.io':
    'ATTACHER=.spec.attacher|PV=.spec.source.persistentVolumeName|NODE=.spec.nodeName|ATTACHED=.status.attached|AGE',
  'volumeattributesclasses.storage.k8s.io': 'DRIVERNAME=.driverName|AGE',
  'csinodes.storage.k8s.io': 'DRIVERS#|AGE',
  'csidrivers.storage.k8s.io':
    'ATTACHREQUIRED=.spec.attachRequired|PODINFOONMOUNT=.spec.podInfoOnMount|STORAGECAPACITY=.spec.storageCapacity|TOKENREQUESTS|REQUIRESREPUBLISH=.spec.requiresRepublish|MODES|AGE',
  'csistoragecapacities.storage.k8s.io': 'STORAGECLASSNAME=.storageClassName|CAPACITY=.capacity',
  'certificatesigningrequests.certificates.k8s.io':
    'AGE|SIGNERNAME=.spec.signerName|REQUESTOR=.spec.username|REQUESTEDDURATION|CONDITION',
  'clustertrustbundles.certificates.k8s.io': 'SIGNERNAME=.spec.signerName',
  'leases.coordination.k8s.io': 'HOLDER=.spec.holderIdentity|AGE',
  'priorityclasses.scheduling.k8s.io':
    'VALUE#=.value|GLOBAL-DEFAULT=.globalDefault|AGE|PREEMPTIONPOLICY=.preemptionPolicy',
  'runtimeclasses.node.k8s.io': 'HANDLER=.handler|AGE',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': WEBHOOKS,
  'validatingwebhookconfigurations.admissionregistration.k8s.io': WEBHOOKS,
  'validatingadmissionpolicies.admissionregistration.k8s.io': 'VALIDATIONS#|PARAMKIND|AGE',
  'mutatingadmissionpolicies.admissionregistration.k8s.io': 'MUTATIONS#|PARAMKIND|AGE',
  'validatingadmissionpolicybindings.admissionregistration.k8s.io': POLICY_BINDING,
  'mutatingadmissionpolicybindings.admissionregistration.k8s.io': POLICY_BINDING,
  'flowschemas.flowcontrol.apiserver.k8s.io':
    'PRIORITYLEVEL=.spec.priorityLevelConfiguration.name|MATCHINGPRECEDENCE#=.spec.matchingPrecedence|DISTINGUISHERMETHOD=.spec.distinguisherMethod.type|AGE|MISSINGPL',
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io':
    'TYPE=.spec.type|NOMINALCONCURRENCYSHARES#=.spec.limited.nominalConcurrencyShares|QUEUES#|HANDSIZE#|QUEUELENGTHLIMIT#|AGE',
  'resourceclaims.resource.k8s.io': 'STATE|AGE',
  'resourceslices.resource.k8s.io':
    'NODE=.spec.nodeName|DRIVER=.spec.driver|POOL=.spec.pool.name|AGE',
  'customresourcedefinitions.apiextensions.k8s.io': 'CREATED AT',
  'apiservices.apiregistration.k8s.io': 'SERVICE|AVAILABLE|AGE',
  'nodes.metrics.k8s.io': USAGE,
  'pods.metrics.k8s.io': USAGE,
}

/** Events are the only type whose first column is not the name. */
const EVENTS =
  'LAST SEEN=.lastTimestamp|TYPE=.type|REASON=.reason|OBJECT|*SUBOBJECT=.involvedObject.fieldPath|*SOURCE|MESSAGE=.message|*FIRST SEEN=.firstTimestamp|*COUNT#=.count|*NAME'

/** Columns of a type without a CRD, with the headings of kubectl. Types outside the table have NAME and AGE. */
export function getBuiltInColumns(type: Pick<ResourceType, 'plural' | 'group'>): PrinterColumn[] {
  const resource = resourceName(type)
  const isEvent = resource === 'events' || resource === 'events.events.k8s.io'
  const line = isEvent ? EVENTS : `NAME|${TABLE[resource] ?? 'AGE'}`
  return line.split('|').map(parseColumn)
}

const USUAL_PATHS: Readonly<Record<string, string>> = {
  NAME: '.metadata.name',
  AGE: '.metadata.creationTimestamp',
  'CREATED AT': '.metadata.creationTimestamp',
}
const DATES = new Set(['AGE', 'CREATED AT', 'LAST SCHEDULE', 'LAST SEEN', 'FIRST SEEN'])

function parseColumn(text: string): PrinterColumn {
  const [head = '', path] = text.split('=')
  const name = head.replaceAll(/[*#]/g, '')
  const type = head.endsWith('#') ? 'integer' : DATES.has(name) ? 'date' : 'string'
  const column = { name, type, jsonPath: path ?? USUAL_PATHS[name] ?? '' }
  return head.startsWith('*') ? { ...column, priority: 1 } : column
}
