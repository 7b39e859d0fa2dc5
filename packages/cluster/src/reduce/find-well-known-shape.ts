import { isSchema, type JsonSchema } from './json-schema.ts'

/** A shape, and the members that all objects of it have and others do not have together. */
type Shape = readonly [name: string, members: readonly string[]]

/** Objects that every engineer knows: their name says more than their fields. The first that fits wins. */
const SHAPES: readonly Shape[] = [
  ['PodSpec', ['containers', 'restartPolicy', 'volumes']],
  ['Container', ['command', 'env', 'image', 'volumeMounts']],
  ['Affinity', ['nodeAffinity', 'podAffinity']],
  ['NodeAffinity', ['requiredDuringSchedulingIgnoredDuringExecution']],
  ['LabelSelector', ['matchExpressions', 'matchLabels']],
  ['Selector', ['matchControllerRef', 'matchLabels']],
  ['ResourceRequirements', ['limits', 'requests']],
  ['SecurityContext', ['runAsNonRoot', 'runAsUser']],
  ['Probe', ['httpGet', 'periodSeconds', 'tcpSocket']],
  ['LifecycleHandler', ['exec', 'httpGet', 'tcpSocket']],
  ['Toleration', ['effect', 'key', 'operator', 'tolerationSeconds']],
  ['TopologySpreadConstraint', ['maxSkew', 'topologyKey', 'whenUnsatisfiable']],
  ['EnvFromSource', ['configMapRef', 'prefix', 'secretRef']],
  ['EnvVar', ['name', 'value', 'valueFrom']],
  ['VolumeMount', ['mountPath', 'name']],
  ['VolumeSource', ['configMap', 'emptyDir', 'secret']],
  ['PersistentVolumeClaimSpec', ['accessModes', 'resources', 'storageClassName']],
  ['Condition', ['lastTransitionTime', 'status', 'type']],
  ['ObjectMeta', ['annotations', 'labels', 'name', 'namespace']],
]
/** Members that references to other objects are made of. */
const OF_REFERENCES = new Set(
  'apiGroup apiVersion fieldPath group kind name namespace policy resourceVersion sectionName uid'.split(
    ' ',
  ),
)
const OF_KEY_REFERENCES = new Set(['key', 'name', 'namespace', 'optional'])
/** Objects with more members are nothing well known. */
const MAX_MEMBERS = 60

/** Name of the well-known shape of an object schema; undefined when it has a shape of its own. */
export function findWellKnownShape(schema: JsonSchema): string | undefined {
  if (typeof schema['recursive'] === 'string') return schema['recursive']
  const members = schema['properties']
  if (!isSchema(members)) return undefined
  const names = Object.keys(members)
  if (names.length < 2 || names.length > MAX_MEMBERS) return undefined
  if (Object.hasOwn(members, 'name')) {
    if (names.every((name) => OF_REFERENCES.has(name))) return 'Ref'
    if (names.every((name) => OF_KEY_REFERENCES.has(name))) return 'KeyRef'
  }
  if (isPodTemplate(members)) return 'PodTemplate'
  return SHAPES.find(([, shape]) => shape.every((name) => Object.hasOwn(members, name)))?.[0]
}

function isPodTemplate({ metadata, spec, ...others }: JsonSchema): boolean {
  if (metadata === undefined || !isSchema(spec) || Object.keys(others).length > 0) return false
  return findWellKnownShape(spec) === 'PodSpec'
}
