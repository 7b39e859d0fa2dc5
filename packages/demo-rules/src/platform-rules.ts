import type { DemoRule } from './demo-rule.ts'

/** Rules for types that run, protect and observe other workloads. */
export const PLATFORM_RULES: readonly DemoRule[] = [
  {
    words: /daemonset/i,
    capability: 'one pod on each node',
    abstraction: 'placement on nodes',
    phrase: 'run an agent on every node',
  },
  {
    words: /replicaset|replicationcontroller|high availab|\breplicas\b/i,
    capability: 'a fixed number of pods',
    abstraction: 'replacement of lost pods',
    phrase: 'keep pods running',
  },
  {
    words: /autoscal|scaledobject|scaler/i,
    capability: 'automatic scaling',
    abstraction: 'scaling by load',
    phrase: 'scale by cpu or queue length',
  },
  {
    words: /^pod\b|podtemplate/i,
    capability: 'running containers',
    abstraction: 'container life cycle',
    phrase: 'run a container',
  },
  {
    words: /secret|vault/i,
    capability: 'secret storage',
    abstraction: 'secret distribution',
    phrase: 'store passwords and keys',
  },
  {
    words: /configmap|config/i,
    capability: 'configuration data',
    abstraction: 'configuration distribution',
    phrase: 'configuration for an app',
  },
  {
    words: /persistentvolume|storageclass|\bvolume|\bcsi|storage|\bceph/i,
    capability: 'persistent storage',
    abstraction: 'storage provisioning',
    phrase: 'disk for a pod',
  },
  {
    words: /role|rbac|serviceaccount|binding|authoriz/i,
    capability: 'access control',
    abstraction: 'permission checks',
    phrase: 'grant permissions',
  },
  {
    words: /quota|limitrange|disruption|priorityclass/i,
    capability: 'resource governance',
    abstraction: 'limits on usage',
    phrase: 'limit cpu and memory',
  },
  {
    words: /webhook|admission|validating|mutating|policy/i,
    capability: 'policy enforcement',
    abstraction: 'checks at admission',
    phrase: 'enforce rules on objects',
  },
  {
    words: /dashboard|grafana/i,
    capability: 'dashboards',
    abstraction: 'charts of metrics',
    phrase: 'dashboard of metrics',
  },
  {
    words: /monitor|prometheus|alert|metric|probe/i,
    capability: 'monitoring and alerts',
    abstraction: 'metric collection',
    phrase: 'monitor an application',
  },
  {
    words: /log(ging|s)?\b|collector|telemetry|trace/i,
    capability: 'logs and traces',
    abstraction: 'signal collection',
    phrase: 'collect logs and traces',
  },
  {
    words: /helm|\bchart/i,
    capability: 'installation of Helm charts',
    provider: 'Helm',
    abstraction: 'upgrade with rollback',
    phrase: 'install a helm chart',
  },
  {
    words: /gitrepo|kustomiz|applicationset|argoproj/i,
    capability: 'delivery from Git',
    abstraction: 'continuous reconciliation',
    phrase: 'deploy from a git repository',
  },
  {
    words: /cluster|node|machine/i,
    capability: 'machines and nodes of clusters',
    abstraction: 'node life cycle',
    phrase: 'manage nodes and clusters',
  },
  {
    words: /flag|feature|experiment/i,
    capability: 'feature flags',
    abstraction: 'gradual release',
    phrase: 'switch features on and off',
  },
  {
    words: /namespace|tenant|project/i,
    capability: 'separation of tenants',
    abstraction: 'name scoping',
    phrase: 'separate teams',
  },
  {
    words: /customresourcedefinition|apiservice/i,
    capability: 'extension of the API',
    abstraction: 'schema checks',
    phrase: 'add a custom resource',
  },
]
