import { searchTerms } from '../search-terms.ts'
import { stemOf } from './stem.ts'

/**
 * What people call the same thing around Kubernetes. A line is one concept: words and short phrases that
 * are said for it. A word may be in several lines.
 */
const CONCEPTS = [
  'database, databases, db, sql, rdbms, relational database, data store, postgres, postgresql, mysql, mariadb',
  'postgres, postgresql, pg',
  'nosql, mongodb, mongo, document store, cassandra, scylla, couchbase',
  'cache, caching, redis, memcached, valkey, in-memory store, key value',
  'queue, message queue, messaging, broker, kafka, rabbitmq, nats, amqp, event bus, topic, stream, streaming, pubsub, pub sub',
  'backup, backups, back up, restore, recover, recovery, disaster, snapshot, snapshots, archive, safety copy, point-in-time',
  'restore, recover, bring back, undo, deleted, lost',
  'certificate, certificates, tls, ssl, https, x509, padlock, browser, secure site, lets encrypt, acme, letsencrypt, issuer, ca',
  'encryption, encrypt, encrypted, mtls, mutual tls, secure traffic, confidential',
  'secret, secrets, credential, credentials, login data, rotate, rotation, password, passwords, token, vault, api key, sensitive',
  'user, identity, login, sso, oidc, oauth, authentication, authenticate, sign in, saml, ldap',
  'permission, permissions, rbac, role, roles, access, authorize, authorization, grant, who may, privilege, allowed',
  'policy, policies, rule, rules, guardrail, enforce, compliance, forbid, deny, prevent, block, admission, validate, refuse',
  'firewall, network policy, isolate, isolation, segment, segmentation, microsegmentation, restrict traffic, egress, block traffic',
  'ingress, expose, reach, internet, outside, public, external access, publish, http route, website, domain, url, route, gateway, reverse proxy',
  'load balancer, loadbalancer, lb, load balancing, distribute traffic, spread traffic, virtual ip',
  'ip, ip address, address pool, bgp, bare metal, metallb',
  'dns, domain name, hostname, record, zone, name resolution, nameserver',
  'service mesh, mesh, istio, linkerd, sidecar, envoy, traffic between, service-to-service',
  'canary, progressive delivery, percent of users, first, blue green, gradual, rollout, percentage, traffic split, shift traffic, step by step, ab test',
  'gitops, git, repository, argo, flux, continuous delivery, sync, deploy from, declarative delivery, cd',
  'helm, chart, charts, release, package',
  'ci, continuous integration, pipeline, pipelines, build, tekton, jenkins, workflow, workflows, dag, steps, task, automation',
  'image, images, container image, docker, registry, buildpack, build image, dockerfile',
  'vulnerability, vulnerabilities, cve, scan, scanner, security report, trivy, audit, weakness, exploit, insecure',
  'monitor, monitoring, metric, metrics, prometheus, observe, observability, scrape, measure, health',
  'alert, alerts, alerting, alarm, notify, notification, pager, on-call, wake, wake up, page, fail, tell me, slack, warn, warning',
  'dashboard, dashboards, grafana, chart, graph, visualize, visualization, plot',
  'log, logs, logging, fluentd, fluentbit, loki, elasticsearch, log shipping',
  'trace, traces, tracing, opentelemetry, otel, jaeger, span, instrumentation, telemetry',
  'autoscale, autoscaling, autoscaler, scale, scaling, hpa, keda, scale up, more copies, replicas, demand, busy, load, grow, shrink, elastic',
  'vertical scaling, vpa, right size, rightsizing, requests, memory recommendation',
  'node, nodes, machine, machines, vm, server, servers, host, worker node, compute, instance, instances, ec2',
  'provision, provisioning, karpenter, node pool, nodepool, machine pool, add machines, capacity, more servers, buy, no room, cannot be placed, unschedulable',
  'virtual machine, vm, kubevirt, hypervisor',
  'cluster api, capi, cluster lifecycle, create cluster, workload cluster, new cluster, control plane, eks, gke, aks, managed kubernetes',
  'multi-cluster, multicluster, fleet, federation, many clusters, several clusters',
  'cron, schedule, scheduled, nightly, crontab, every night, periodic, periodically, recurring, daily, hourly, weekly, timer, each night',
  'job, batch, one-off, run once, to completion, task',
  'machine learning, ml, ai, training, train, model, gpu, graphics card, graphics cards, accelerator, ray, kubeflow, inference, neural, llm, notebook, jupyter, data science',
  'spark, flink, big data, analytics, data processing, distributed computing, ray, etl',
  'queueing, quota, fair share, kueue, priority, preempt, preemption, admission queue',
  'quota, limit, limits, eating, consume, too much, cap, share, fairness, tenant, tenancy, multi-tenant, team, teams',
  'storage, volume, volumes, disk, disks, pvc, persistent, block storage, filesystem, file system, csi, keep data, nfs',
  'object storage, bucket, buckets, s3, blob, gcs, minio, files, file storage',
  'ceph, rook, longhorn, distributed storage, replicated storage',
  'data warehouse, clickhouse, olap, columnar, bigquery, redshift, snowflake',
  'search engine, elasticsearch, opensearch, full text, vector database, qdrant, milvus, solr',
  'cloud, aws, amazon',
  'azure, microsoft',
  'gcp, google, google cloud',
  'terraform, infrastructure, crossplane, infrastructure as code, iac, cloud account, cloud resources, composition, provider',
  'serverless, function, functions, faas, knative, scale to zero, idle',
  'event, events, eventing, trigger, webhook, react, whenever, happens, uploaded, cloudevents, subscribe, sensor',
  'high availability, ha, failover, resilient, resilience, redundant, survive, outage, stay up, always on, replica, replication, standby',
  'disruption, drain, maintenance, patched, taken down, at least, minimum available, eviction, evict, upgrade, upgrading, node upgrade, reboot',
  'update, upgrade, upgrading, new version, rolling update, rollout, roll out, zero downtime, without downtime',
  'rollback, roll back, revert, earlier version, previous version',
  'stateful, stable identity, ordered, statefulset',
  'stateless, web app, web application, deploy, deployment, replicas, microservice, copies',
  'every node, each node, daemon, daemonset, agent, per node',
  'config, configuration, settings, configmap, environment variable, parameters, properties, feature flag',
  'service, endpoint, stable address, discovery, service discovery, internal address',
  'service account, workload identity, machine identity, robot account',
  'namespace, tenant, project, team space, environment, virtual cluster',
  'schema, migration, migrate, table, tables, ddl',
  'chaos, fault injection, failure testing, break things, resilience test',
  'cost, spending, money, expensive, cheap, cheaper, spot, budget, bill, save',
  'throttle, rate limit, rate limiting, too many requests, slow down, too often, too many, flood, overload, circuit breaker, retry, retries, timeout, outlier',
  'api gateway, middleware, plugin, header, rewrite, redirect, path, authentication proxy',
  'signature, sign, signed, verify, provenance, cosign, supply chain, attestation, trusted image',
  'health check, probe, liveness, readiness, uptime, blackbox, synthetic',
  'crd, custom resource, extend, extension, operator, controller, api extension',
  'mutating, mutate, inject, webhook, defaulting, patch, sidecar injection',
  'lock, lease, leader, leader election',
  'tcp, udp, layer 4, port, sni',
  'grpc, http, http2, layer 7',
  'proxy, vpn, tunnel, bastion, wireguard, remote access',
  'diagnose, debug, troubleshoot, explain problem, problem, wrong, k8sgpt, analysis',
  'placement, affinity, topology, spread, zone, region, taint, toleration, where pods, scheduling constraint',
]

const LONGEST_PHRASE = 3
const BY_TERM = new Map<string, Set<number>>()
for (const [concept, line] of CONCEPTS.entries()) {
  for (const phrase of line.split(',')) {
    const term = searchTerms(phrase).map(stemOf).join(' ')
    if (term === '') continue
    BY_TERM.set(term, (BY_TERM.get(term) ?? new Set()).add(concept))
  }
}

/** Numbers of the concepts that a text names, from its stems in their order. */
export function conceptsOf(stems: string[]): Set<number> {
  const found = new Set<number>()
  for (let start = 0; start < stems.length; start += 1) {
    for (let length = 1; length <= LONGEST_PHRASE; length += 1) {
      const term = stems.slice(start, start + length).join(' ')
      for (const concept of BY_TERM.get(term) ?? []) found.add(concept)
    }
  }
  return found
}
