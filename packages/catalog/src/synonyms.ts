import { searchTerms } from './search-terms.ts'

/**
 * What people type, and the words in which capabilities are told: abbreviations and names of other platforms. Only
 * what is true anywhere: everyday words tried here helped the queries they were written for and no others.
 */
const LEXICON: readonly [typed: string, told: string][] = [
  // abbreviations of Kubernetes
  ['cm', 'configmap'],
  ['crb', 'clusterrolebinding'],
  ['crd', 'customresourcedefinition custom resource'],
  ['cert', 'certificate'],
  ['deploy', 'deployment'],
  ['ds', 'daemonset'],
  ['hpa', 'horizontalpodautoscaler autoscale'],
  ['ing', 'ingress'],
  ['k8s', 'kubernetes'],
  ['kube', 'kubernetes'],
  ['netpol', 'networkpolicy'],
  ['ns', 'namespace'],
  ['pdb', 'poddisruptionbudget'],
  ['psp', 'policy pod security'],
  ['pv', 'persistentvolume'],
  ['pvc', 'persistentvolumeclaim'],
  ['rbac', 'role permission access'],
  ['sa', 'serviceaccount'],
  ['sts', 'statefulset'],
  ['svc', 'service'],
  ['vpa', 'verticalpodautoscaler'],
  // abbreviations of the trade
  ['acl', 'access rules permission'],
  ['ai', 'machine learning model'],
  ['alb', 'load balancer'],
  ['apm', 'tracing metrics'],
  ['bi', 'analytics dashboard'],
  ['cdc', 'change data capture'],
  ['cdn', 'content delivery'],
  ['cd', 'delivery deployment'],
  ['ci', 'pipeline build'],
  ['cve', 'vulnerability'],
  ['db', 'database'],
  ['dr', 'disaster recovery'],
  ['elb', 'load balancer'],
  ['etl', 'data pipeline'],
  ['faas', 'serverless function'],
  ['gcp', 'google cloud'],
  ['iac', 'infrastructure code terraform'],
  ['iam', 'identity access permission'],
  ['jwt', 'token'],
  ['lb', 'load balancer'],
  ['llm', 'model inference'],
  ['ml', 'machine learning model'],
  ['mq', 'message queue'],
  ['mtls', 'mutual tls'],
  ['nas', 'shared file system'],
  ['nfs', 'shared file system'],
  ['oidc', 'openid connect'],
  ['pg', 'postgresql postgres'],
  ['pitr', 'recovery point time backup'],
  ['rdbms', 'relational database'],
  ['slo', 'service level objective'],
  ['sso', 'single sign login'],
  ['vm', 'virtual machine'],
  ['waf', 'firewall'],
  // other platforms and habits
  ['aks', 'azure kubernetes cluster'],
  ['amazon', 'aws'],
  ['blob', 'object bucket'],
  ['cron', 'schedule'],
  ['crontab', 'cron schedule'],
  ['docker', 'container image'],
  ['ebs', 'aws volume disk'],
  ['eks', 'aws kubernetes cluster'],
  ['gke', 'google kubernetes cluster'],
  ['k/v', 'key value'],
  ['microsoft', 'azure'],
  ['nosql', 'document key value'],
  ['postgres', 'postgresql'],
  ['reverse proxy', 'ingress http routing'],
  ['virtual host', 'host routing'],
]

const TERMS = LEXICON.map(([typed, told]) => ({
  typed: searchTerms(typed),
  told: searchTerms(told),
}))

/** Words that mean what a query's terms mean and are not among them. */
export function synonymsOf(terms: string[]): string[] {
  const asked = new Set(terms)
  const found = TERMS.filter(({ typed }) => typed.every((term) => asked.has(term)))
  return [...new Set(found.flatMap(({ told }) => told))].filter((term) => !asked.has(term))
}
