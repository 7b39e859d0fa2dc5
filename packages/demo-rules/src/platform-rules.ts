import type { DemoRule } from './demo-rule.ts'

/** Rules for types that run, protect and observe other workloads. */
export const PLATFORM_RULES: readonly DemoRule[] = [
  {
    pattern: /daemonset/i,
    capability: 'one pod on each node',
    abstraction: 'placement on nodes',
    phrase: 'run an agent on every node',
  },
  {
    pattern: /replicaset|replicationcontroller|high availab|\breplicas\b/i,
    capability: 'a fixed number of pods',
    abstraction: 'replacement of lost pods',
    phrase: 'keep pods running',
  },
  {
    pattern: /autoscal|scaledobject|scaler/i,
    capability: 'automatic scaling',
    abstraction: 'scaling by load',
    phrase: 'scale by cpu or queue length',
  },
  {
    pattern: /^pod\b|podtemplate/i,
    capability: 'running containers',
    abstraction: 'container life cycle',
    phrase: 'run a container',
  },
  {
    pattern: /secret|vault/i,
    capability: 'secret storage',
    abstraction: 'secret distribution',
    phrase: 'store passwords and keys',
  },
  {
    pattern: /configmap|config/i,
    capability: 'configuration data',
    abstraction: 'configuration distribution',
    phrase: 'configuration for an app',
  },
  {
    pattern: /persistentvolume|storageclass|\bvolume|\bcsi|storage|\bceph/i,
    capability: 'persistent storage',
    abstraction: 'storage provisioning',
    phrase: 'disk for a pod',
  },
  {
    pattern: /role|rbac|serviceaccount|binding|authoriz/i,
    capability: 'access control',
    abstraction: 'permission checks',
    phrase: 'grant permissions',
  },
  {
    pattern: /quota|limitrange|disruption|priorityclass/i,
    capability: 'resource governance',
    abstraction: 'limits on usage',
    phrase: 'limit cpu and memory',
  },
  {
    pattern: /webhook|admission|validating|mutating|policy/i,
    capability: 'policy enforcement',
    abstraction: 'checks at admission',
    phrase: 'enforce rules on objects',
  },
  {
    pattern: /dashboard|grafana/i,
    capability: 'dashboards',
    abstraction: 'charts of metrics',
    phrase: 'dashboard of metrics',
  },
  {
    pattern: /monitor|prometheus|alert|metric|probe/i,
    capability: 'monitoring and alerts',
    abstraction: 'metric collection',
    phrase: 'monitor an application',
  },
  {
    pattern: /log(ging|s)?\b|collector|telemetry|trace/i,
    capability: 'logs and traces',
    abstraction: 'signal collection',
    phrase: 'collect logs and traces',
  },
  {
    pattern: /helm|\bchart/i,
    capability: 'installation of Helm charts',
    provider: 'Helm',
    abstraction: 'upgrade with rollback',
    phrase: 'install a helm chart',
  },
  {
    pattern: /gitrepo|kustomiz|applicationset|argoproj/i,
    capability: 'delivery from Git',
    abstraction: 'continuous reconciliation',
    phrase: 'deploy from a git repository',
  },
  {
    pattern: /cluster|node|machine/i,
    capability: 'machines and nodes of clusters',
    abstraction: 'node life cycle',
    phrase: 'manage nodes and clusters',
  },
  {
    pattern: /flag|feature|experiment/i,
    capability: 'feature flags',
    abstraction: 'gradual release',
    phrase: 'switch features on and off',
  },
  {
    pattern: /namespace|tenant|project/i,
    capability: 'separation of tenants',
    abstraction: 'name scoping',
    phrase: 'separate teams',
  },
  {
    pattern: /customresourcedefinition|apiservice/i,
    capability: 'extension of the API',
    abstraction: 'schema checks',
    phrase: 'add a custom resource',
  },
]
