import type { RefusedRequest } from './read-refusal.ts'

/**
 * A refused part of a request. `schema`: schema keywords or the strict mode. `output`: the structured output mode. `all_output`:
 * structured output in any mode. `json_object`: the mode, and `json_object` is not supported either.
 */
export type RefusedPart = 'schema' | 'output' | 'json_object' | 'all_output' | 'limit' | 'system'

/** Other reasons for a refusal, in the words of many products. Another dialect cannot resolve them. */
const OTHER_REASONS = [
  /context[ _](length|window|size)|n_ctx|prompt is too long|too many tokens|reduce the length/,
  /api[ _-]?key|unauthori[sz]ed|authenticat|permission|\bforbidden\b/,
  /quota|billing|credits?\b|insufficient|balance|payment|rate.?limit|overloaded/,
  /content.?(filter|management|policy)|moderation|safety|responsible.?ai|usage polic/,
  /failed to (generate|parse the (output|response))|json_validate_failed|failed.?generation/,
  /model.{0,80}(does not exist|not (be )?found|not loaded|is loading)|(unknown|invalid|no such) model|no chat template|provide a chat template/,
]

const REFUSED = new RegExp(
  [
    'not (yet |currently |be )*(support|permit|allow|implement|availab|enabl|recogni|valid|accept|known)',
    "n't (yet |currently )?(support|accept|allow|permit|recogni|know|implement)",
    'unsupported|unrecogni[sz]ed|unknown|unexpected|unavailable|extraneous|forbidden|invalid|disallow',
    'extra (fields|inputs|keys|params|parameters)|no longer|deprecated|has been removed|moved to',
    'enabled only|only .{0,60}(support|allowed)|must |should |cannot |can only|missing field|required|instead',
    'expected|no endpoints found|not found|raise|error|exception|failed',
  ].join('|'),
)
/** The parameter itself is refused, not its value. */
const UNKNOWN_NAME =
  /unsupported param|unrecogni[sz]ed|unknown (name|field|param|arg|key|property)|unexpected (keyword|field|param|arg|property)|extra (fields|inputs|keys)|extra_forbidden|extraneous|(does not|doesn't) support (the )?(param|response_format|output_config)|not (a )?(permitted|supported|allowed|recogni[sz]ed|valid (param|field|arg))|unsupported/

const OUTPUT =
  /response[_ ]?format|json[_ ]?schema|json[_ ]?object|json mode|structured[_ ]?outputs?|guided[_ ](json|decoding|grammar)|output_config|output_format|text\.format|response[_]?schema|response_?mime_?type|\bgrammar\b/
const SCHEMA =
  /\bstrict\b|additional_?properties|schema keyword|invalid (json )?schema|schema (is |was )?(invalid|not valid|too (complex|large|deep))|unsupported schema|(schema|keyword).{0,40}unsupported|(failed|error|unable).{0,40}(schema|grammar)|\b(min|max)(items|length|imum)\b/
const SYSTEM =
  /system[_ ]role|role\W{0,4}system\b|system[_ ](message|prompt|instruction)s?\b|developer instruction|roles must alternate|user and assistant roles|assistant or user role|cache_control|\bsystem\b.{0,20}(should be|must be|valid (string|list)|extra|not support|not permit)|messages\W{0,2}0\W{0,2}(\.role|role)|jinja|template ?error|(chat|prompt) template/
const LIMIT = /\bmax_?(completion_?|output_?|new_?)?tokens\b/
const LIMIT_REFUSED =
  /not (yet |currently )?(support|permit|allow|recogni|accept)|n't support|unsupported|unrecogni[sz]ed|unknown|unexpected|extra|forbidden|deprecated|no longer|removed|instead|cannot find field|valid (param|arg|field)|required|missing/
const VALUE_REFUSED =
  /too (large|big|high|many|long|small|low)|exceed|(greater|less|larger|more|fewer) than|at (least|most)|maximum|minimum|out of range|positive|<=|>=/

/** LiteLLM names the parameter and quotes its whole value. */
const WITHOUT_OUTPUT = /support param(eter)?s?\W+(response_format|output_config|output_format)/

/** The structured output mode is refused; another mode may be supported. */
const KIND = /json[_ ](schema|object)|\b(type|value|variant|version|mode)s?\b/

/** Start of a list of supported values, whose names are not refused. */
const ALTERNATIVES =
  /\b(expected( one of)?|must be|should be|(allowed|supported|valid|available|permitted|possible) (values|params|parameters|fields|types|options|keys|arguments)|one of)\b/

/**
 * Finds the refused parts of a request in the names and words of its error. Empty: the error names no reason. Undefined: it
 * names another reason, or a parameter that dialects do not change.
 */
export function findRefusedParts({ named, text }: RefusedRequest): Set<RefusedPart> | undefined {
  const words = `${named} ; ${text}`
    .replaceAll('_supported', ' supported')
    .replaceAll('unsupported_', 'unsupported ')
  if (OTHER_REASONS.some((reason) => reason.test(words))) return undefined
  const at = ALTERNATIVES.exec(words)?.index ?? words.length
  const claim = { head: words.slice(0, at), tail: words.slice(at), words }
  const parts = new Set<RefusedPart>()
  if (isLimitRefused(claim)) parts.add('limit')
  if (isSystemRefused(claim, named)) parts.add('system')
  const output = findOutput(claim)
  if (output) parts.add(output)
  const isAboutOther = named !== '' || LIMIT.test(words)
  return parts.size === 0 && isAboutOther ? undefined : parts
}

interface Claim {
  head: string
  tail: string
  words: string
}

function isLimitRefused({ head, words }: Claim): boolean {
  return LIMIT.test(head) && LIMIT_REFUSED.test(words) && !VALUE_REFUSED.test(words)
}

function isSystemRefused({ head, words }: Claim, named: string): boolean {
  return (SYSTEM.test(head) || /(^|[. ])system\b/.test(named)) && REFUSED.test(words)
}

function findOutput(claim: Claim): RefusedPart | undefined {
  const { head, words } = claim
  const isNamed = OUTPUT.test(head) || SCHEMA.test(head)
  if (!isNamed || !REFUSED.test(words)) return undefined
  if (WITHOUT_OUTPUT.test(words)) return 'all_output'
  if (SCHEMA.test(head)) return 'schema'
  if (KIND.test(head.replace('into the target type', ''))) return findRefusedKind(claim)
  return UNKNOWN_NAME.test(words) ? 'all_output' : 'output'
}

/** `json_object` is unsupported too when it is missing in a list of supported modes. */
function findRefusedKind({ tail }: Claim): RefusedPart {
  const isListed = /json_object/.test(tail) || !/text|regex/.test(tail)
  return isListed ? 'output' : 'json_object'
}
