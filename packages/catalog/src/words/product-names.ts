/**
 * Products, services and protocols that people ask for by name. A row that does not mention one is seldom an answer, however
 * well the rest of the question fits.
 */
export const PRODUCT_NAMES = `1password acme activedirectory activemq aerospike airflow akamai aks algolia
    alibaba aliyun alpine amazon amqp android ansible anthropic antrea apache appdynamics aqua arangodb arduino
    argo argocd artemis artifactory as400 asana asterisk athena aurora auth0 authelia authentik aws azure
    backstage bamboo bastion bedrock bgp bigquery bitbucket bitwarden bluetooth buildah buildkite calico camunda
    cassandra celery centos ceph certbot chatgpt chef cifs cilium circleci clair claude clickhouse cloudflare
    cloudfront cloudns cloudtrail cloudwatch cobol cockroachdb cognito collectd confluence consul contour coredns
    couchbase couchdb crossplane crowdsec csharp cuda cue cyberark cypress dagster databricks datadog db2 dbt
    debezium debian dependabot dgraph digitalocean discord dnsmasq docker dockerhub dotnet dropbox drupal dynamodb
    dynatrace ebs ec2 ecs efs eks elastic elasticsearch emqx emr envoy esxi etcd eventbridge exchange falco
    fargate fastly fedora ffmpeg figma filebeat firebase firestore flagger flannel flink fluentbit fluentd flux
    fluxcd flyway fortran ftp galera gatekeeper gatling gcp gcs gemini gerrit git gitea github gitlab gke gluster
    glusterfs gmail golang google gradle grafana graphite graylog grype gsuite hadoop hana haproxy harbor
    hazelcast hbase hdfs helm heroku hetzner hive honeycomb hubspot huggingface hyperv ibm icinga iis influxdb
    instana ios ipmi ipsec iscsi istio jaeger janusgraph java jenkins jetstream jira jitsi jmeter joomla jsonnet
    jupyter k6 kafka kaniko keptn kerberos keycloak keydb kiali kibana kinesis kong kotlin kubecost kubeflow
    kubevirt kustomize kyverno lambda lastpass ldap letsencrypt libvirt lightstep linkerd linode linux liquibase
    locust logstash loki longhorn looker lorawan lua macos magento mailchimp mainframe mariadb marketo matlab
    mattermost maven meilisearch memcached metabase metallb microsoft milvus minecraft minio mlflow modsecurity
    mongo mongodb moodle mosquitto mqtt mssql multus mysql nagios nats neo4j netlify newrelic nextcloud nfs nginx
    nifi nodejs npm nuget nutanix nvidia nvme oauth odoo office365 oidc okta ollama opa openai opencost openebs
    opensearch openshift openstack opentelemetry opentofu openvpn opsgenie oracle ospf otel ovh owncloud
    packer pagerduty paypal percona perl pfsense pgvector photoshop php pinecone pinot pip planetscale playwright
    podman pomerium portworx postgres postgresql powerbi powerpoint prefect presto prometheus proxmox pubsub
    pulsar pulumi puppet pypi python pytorch qdrant qemu quay quickbooks rabbitmq rancher raspberry ray rds
    redfish redis redpanda redshift renovate rethinkdb rhel rocketchat rook route53 ruby rust s3 sagemaker
    salesforce saltstack saml samza sap scala scaleway scylladb selenium sendgrid sentry servicebus servicenow
    sftp sharepoint shopify sidekiq slack smb snowflake sns snyk solr sonarqube spark spiffe spinnaker spire
    splunk sqlite sqlserver sqs squid statsd storybook strimzi stripe supabase superset suricata suse svn swift
    syft sysdig tableau tailscale teamcity tekton telegram teleport tempo temporal tencent tensorflow teradata
    terraform tesla thanos tidb timescaledb tomcat traefik travis trello trino trivy twilio twistlock typesense
    ubuntu valkey varnish vault velero vercel victoriametrics vitess vllm vmware vpc vsphere vultr wasm wazuh
    weave weaviate webrtc whatsapp wifi windows wireguard wordpress workday xen yarn yubikey yugabytedb zabbix
    zeebe zendesk zeromq zerotier zigbee zipkin zookeeper zoom`
