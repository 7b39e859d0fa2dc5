import { expect, test } from 'vitest'
import { splitKind } from './split-kind.ts'

test.each([
  ['Bucket', 'bucket'],
  ['DBParameterGroup', 'DB parameter group'],
  ['VPCIPv4CidrBlockAssociation', 'VPC IPv4 CIDR block association'],
  ['GraphQLAPI', 'GraphQL API'],
  ['LBListener', 'load balancer listener'],
  ['LBSSLNegotiationPolicy', 'load balancer SSL negotiation policy'],
  ['Oauth2CredentialProvider', 'OAuth 2.0 credential provider'],
  ['OAuthIDPConfig', 'OAuth IDP config'],
  ['S3Endpoint', 'S3 endpoint'],
  ['EnvironmentEC2', 'environment EC2'],
  ['LambdaFunctionAssociation', 'Lambda function association'],
  ['DefaultVPCDHCPOptions', 'default VPC DHCP options'],
  ['ELB', 'ELB'],
])('the kind %s becomes "%s"', (kind, words) => {
  expect(splitKind(kind)).toBe(words)
})
