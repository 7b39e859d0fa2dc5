/** What a word in a definition suggests. Several rules may match one type; the first ones weigh most. */
export interface DemoRule {
  words: RegExp
  capability: string
  provider?: string
  abstraction?: string
  phrase: string
}

/** Matched against kind and group first, then against the whole outline. */
export const DEMO_RULES: readonly DemoRule[] = [
  {
    words: /postgres|cnpg/i,
    capability: 'PostgreSQL database',
    provider: 'PostgreSQL',
    abstraction: 'database operation',
    phrase: 'postgres database',
  },
  {
    words: /mysql|mariadb|vitess/i,
    capability: 'MySQL database',
    provider: 'MySQL',
    abstraction: 'database operation',
    phrase: 'mysql database',
  },
  {
    words: /redis|valkey/i,
    capability: 'in-memory store',
    provider: 'Redis',
    abstraction: 'cache operation',
    phrase: 'redis cache',
  },
  {
    words: /mongo/i,
    capability: 'document database',
    provider: 'MongoDB',
    abstraction: 'database operation',
    phrase: 'mongo database',
  },
  {
    words: /database|\bsql/i,
    capability: 'relational database',
    abstraction: 'database operation',
    phrase: 'managed database',
  },
  {
    words: /kafka|rabbit|broker|topic|queue|stream/i,
    capability: 'message streaming',
    abstraction: 'message delivery',
    phrase: 'message queue or topic',
  },
  {
    words: /certificate|issuer|acme|\btls/i,
    capability: 'TLS certificates',
    abstraction: 'certificate renewal',
    phrase: 'tls certificate',
  },
  {
    words: /backup|snapshot|restore/i,
    capability: 'backup and restore',
    abstraction: 'backup scheduling',
    phrase: 'backup and restore data',
  },
  {
    words: /bucket|objectstore|\bs3\b/i,
    capability: 'object storage',
    abstraction: 'storage provisioning',
    phrase: 'object storage bucket',
  },
  {
    words: /gateway|ingress|httproute|virtualservice/i,
    capability: 'traffic into the cluster',
    abstraction: 'request routing',
    phrase: 'expose app to the internet',
  },
  {
    words: /route|grpc/i,
    capability: 'request routing',
    abstraction: 'request routing',
    phrase: 'route requests to services',
  },
  {
    words: /networkpolic|firewall/i,
    capability: 'network isolation',
    abstraction: 'packet filtering',
    phrase: 'restrict traffic between pods',
  },
  {
    words: /^service\b|endpoint|loadbalanc/i,
    capability: 'stable address for pods',
    abstraction: 'load balancing',
    phrase: 'reach pods by name',
  },
  {
    words: /dns/i,
    capability: 'DNS records',
    abstraction: 'name registration',
    phrase: 'dns record for a service',
  },
  {
    words: /cron|schedule/i,
    capability: 'scheduled tasks',
    abstraction: 'calendar scheduling',
    phrase: 'run a job every night',
  },
  {
    words: /^job\b|batch|\btask/i,
    capability: 'run-to-completion work',
    abstraction: 'retry of failed runs',
    phrase: 'run a batch job',
  },
  {
    words: /workflow|pipeline/i,
    capability: 'multi-step workflows',
    abstraction: 'step ordering',
    phrase: 'run a pipeline of steps',
  },
  {
    words: /deployment|rollout/i,
    capability: 'rolling application updates',
    abstraction: 'rolling updates',
    phrase: 'deploy an application',
  },
  {
    words: /statefulset/i,
    capability: 'stateful applications',
    abstraction: 'stable identity and storage',
    phrase: 'run a stateful app',
  },
  {
    words: /daemonset/i,
    capability: 'one pod on each node',
    abstraction: 'placement on nodes',
    phrase: 'run an agent on every node',
  },
  {
    words: /replicaset|replicationcontroller/i,
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
    words: /persistentvolume|storageclass|volume|csi/i,
    capability: 'persistent storage',
    abstraction: 'storage provisioning',
    phrase: 'disk for a pod',
  },
  {
    words: /role|rbac|serviceaccount|binding/i,
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
    words: /monitor|prometheus|alert|metric|dashboard|probe/i,
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
    words: /gitrepo|kustomiz|helm|applicationset|argoproj/i,
    capability: 'delivery from Git',
    abstraction: 'continuous reconciliation',
    phrase: 'deploy from a git repository',
  },
  {
    words: /cluster|node|machine/i,
    capability: 'cluster infrastructure',
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

/** Providers named in the text of a definition. */
export const PROVIDER_WORDS: readonly [RegExp, string][] = [
  [/\baws\b|amazon|\.aws\./i, 'AWS'],
  [/azure/i, 'Azure'],
  [/\bgcp\b|google/i, 'Google Cloud'],
  [/prometheus/i, 'Prometheus'],
  [/kafka/i, 'Kafka'],
  [/let's encrypt|\bacme\b/i, "Let's Encrypt"],
]
