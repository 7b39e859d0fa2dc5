/** Spellings that the case of letters does not split, and how people write them. */
const NAMES = new Map([
  ['AutoML', 'AutoML'],
  ['BigQuery', 'BigQuery'],
  ['FSx', 'FSx'],
  ['GraphQL', 'GraphQL'],
  ['HL7V2', 'HL7v2'],
  ['IPv4', 'IPv4'],
  ['IPv6', 'IPv6'],
  ['LBSSL', 'load balancer SSL'],
  ['OAuth', 'OAuth'],
  ['Oauth2', 'OAuth 2.0'],
  ['OpenID', 'OpenID'],
  ['SageMaker', 'SageMaker'],
  ['VPCDHCP', 'VPC DHCP'],
  ['VPCSC', 'VPC Service Controls'],
])
/** Abbreviations that kinds write like words, and abbreviations with a common long form. */
const WORDS = new Map([
  ['abac', 'ABAC'],
  ['cidr', 'CIDR'],
  ['cmk', 'CMK'],
  ['cors', 'CORS'],
  ['eip', 'elastic IP address'],
  ['ipam', 'IPAM'],
  ['lb', 'load balancer'],
  ['mfa', 'MFA'],
  ['sg', 'security group'],
  ['vpn', 'VPN'],
])
/** Names of products that are one word. */
const PRODUCTS = new Set(
  [
    'Android',
    'Apigee',
    'Bigtable',
    'Cognito',
    'Fargate',
    'Firebase',
    'Firestore',
    'Gemini',
    'Google',
  ].concat(['Kafka', 'Kinesis', 'Lambda', 'Lustre', 'Redis', 'Redshift', 'Spanner', 'Windows']),
)
const NAME = new RegExp(`(${[...NAMES.keys()].join('|')})(?![a-z])`)
const BOUNDARY = /(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/

/** Splits a kind into words as in a sentence: `DBParameterGroup` is `DB parameter group`. */
export function splitKind(kind: string): string {
  return kind
    .split(NAME)
    .flatMap((part) => NAMES.get(part) ?? part.split(BOUNDARY).map(formatWord))
    .filter((word) => word !== '')
    .join(' ')
}

function formatWord(word: string): string {
  const known = WORDS.get(word.toLowerCase())
  if (known !== undefined) return known
  const isPlain = /^[A-Z][a-z]+\d*$/.test(word) && !PRODUCTS.has(word)
  return isPlain ? word.toLowerCase() : word
}
