/** Names of projects by the suffix of their API groups. */
const PROJECT_GROUPS: readonly [suffix: string, project: string][] = [
  ['argoproj.io', 'Argo CD'],
  ['bitnami.com', 'Sealed Secrets'],
  ['camel.apache.org', 'Apache Camel'],
  ['cassandra.datastax.com', 'Apache Cassandra'],
  ['cdi.kubevirt.io', 'KubeVirt'],
  ['ceph.rook.io', 'Ceph'],
  ['cert-manager.io', 'cert-manager'],
  ['chaos-mesh.org', 'Chaos Mesh'],
  ['cilium.io', 'Cilium'],
  ['clickhouse.altinity.com', 'ClickHouse'],
  ['cluster.x-k8s.io', 'Cluster API'],
  ['crossplane.io', 'Crossplane'],
  ['dapr.io', 'Dapr'],
  ['elastic.co', 'Elasticsearch'],
  ['external-secrets.io', 'External Secrets'],
  ['flagger.app', 'Flagger'],
  ['flink.apache.org', 'Apache Flink'],
  ['fluxcd.io', 'Flux'],
  ['gatekeeper.sh', 'OPA Gatekeeper'],
  ['grafana.integreatly.org', 'Grafana'],
  ['istio.io', 'Istio'],
  ['jaegertracing.io', 'Jaeger'],
  ['k6.io', 'k6'],
  ['karpenter.sh', 'Karpenter'],
  ['keda.sh', 'KEDA'],
  ['keycloak.org', 'Keycloak'],
  ['knative.dev', 'Knative'],
  ['konghq.com', 'Kong'],
  ['kubeflow.org', 'Kubeflow'],
  ['kubevirt.io', 'KubeVirt'],
  ['kueue.x-k8s.io', 'Kueue'],
  ['kyverno.io', 'Kyverno'],
  ['linkerd.io', 'Linkerd'],
  ['longhorn.io', 'Longhorn'],
  ['metallb.io', 'MetalLB'],
  ['min.io', 'MinIO'],
  ['monitoring.coreos.com', 'Prometheus'],
  ['nats.io', 'NATS'],
  ['nvidia.com', 'NVIDIA'],
  ['opentelemetry.io', 'OpenTelemetry'],
  ['projectcalico.org', 'Calico'],
  ['projectcontour.io', 'Contour'],
  ['rabbitmq.com', 'RabbitMQ'],
  ['ray.io', 'Ray'],
  ['secrets.hashicorp.com', 'HashiCorp Vault'],
  ['serving.kserve.io', 'KServe'],
  ['sparkoperator.k8s.io', 'Apache Spark'],
  ['strimzi.io', 'Strimzi'],
  ['tekton.dev', 'Tekton'],
  ['traefik.io', 'Traefik'],
  ['velero.io', 'Velero'],
  ['victoriametrics.com', 'VictoriaMetrics'],
  ['volcano.sh', 'Volcano'],
]

/** The four Argo projects share one API group, so the kind decides. */
const ARGO_KINDS: readonly [RegExp, string][] = [
  [/workflow/i, 'Argo Workflows'],
  [/rollout|analysis|experiment/i, 'Argo Rollouts'],
  [/event|sensor/i, 'Argo Events'],
]

/** Returns the project of a type by its API group, or undefined for unknown groups. */
export function findProject(group: string, kind: string): string | undefined {
  const name = group.split('/')[0] ?? ''
  const found = PROJECT_GROUPS.find(
    ([suffix]) => name.endsWith(suffix) && isDomainSuffix(name, suffix),
  )
  if (found?.[0] !== 'argoproj.io') return found?.[1]
  return ARGO_KINDS.find(([words]) => words.test(kind))?.[1] ?? found[1]
}

function isDomainSuffix(name: string, suffix: string): boolean {
  return name.length === suffix.length || name[name.length - suffix.length - 1] === '.'
}
