import { isSchema, type JsonSchema } from './json-schema.ts'

/** A shape, and the combination of members that identifies it. */
type Shape = readonly [name: string, members: readonly string[]]

/** Shapes that engineers know by name, so that their fields need not be shown. The first match wins. */
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
/** Possible members of references to other objects. */
const OF_REFERENCES = new Set(
  'apiGroup apiVersion fieldPath group kind name namespace policy resourceVersion sectionName uid'.split(
    ' ',
  ),
)
const OF_KEY_REFERENCES = new Set(['key', 'name', 'namespace', 'optional'])
/** Larger objects are not well known. */
const MAX_MEMBERS = 60

/** The name of the well-known shape of an object schema; undefined if it has none. */
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
