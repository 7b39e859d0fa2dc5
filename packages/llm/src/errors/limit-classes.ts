import { combinePatterns } from './combine-patterns.ts'
import type { CallFailure } from './call-failure.ts'
import type { FaultClass } from './fault-class.ts'

const QUOTA_CODE = combinePatterns(
  /insufficient_(?:user_)?(?:quota|balance|credit)/,
  /spend_limit_reached/,
  /billing/,
  /payment_required/,
  /\bcredits?_/,
)
const MONEY = combinePatterns(
  /insufficient (?:credit|balance|fund|account)/,
  /credit balance is (?:too low|insufficient)/,
  /(?:out of|no|any|all available|not enough|more|used up (?:your|all)) credits?\b/,
  /billing (?:hard |soft )?limit/,
  /(?:monthly|hard|spend(?:ing)?) (?:spend(?:ing)? |usage )?(?:limit|cap)s? (?:has been |was |is |have been )?(?:reached|exceeded)/,
  /reached (?:your|its|the) (?:specified api usage|monthly|spend)/,
  /budget (?:has been )?exceeded/,
  /over(?:due)? (?:balance|budget)/,
  /payment (?:is )?required/,
  /balance is (?:insufficient|too low|not enough|negative)/,
  /account (?:is )?(?:not active|suspended|in arrears|overdue)/,
  /arrearage/,
)
/** Some products also use these words for limits per minute. */
const QUOTA_TEXT = combinePatterns(
  /exceeded (?:your|the) (?:current )?quota/,
  /quota (?:is |has been )?(?:exceeded|exhausted|used up)/,
  /insufficient quota/,
  /out of (?:\w+ ){0,3}quota/,
  /check your plan and billing/,
  /usage limit (?:has been |is )?(?:reached|exceeded)/,
)

const THROTTLE_CODE = combinePatterns(
  /rate_?limit/,
  /slow_down/,
  /throttl/,
  /too_?many_?requests/,
  /resource_exhausted/,
  /concurrency_limit/,
  /\b429\b/,
)
const THROTTLE_TEXT = combinePatterns(
  /rate[ -]?limit(?:s|ed)?\b/,
  /too many (?:concurrent )?requests/,
  /throttl/,
  /requests? per (?:second|minute|hour|day)/,
  /tokens? per (?:second|minute|hour|day)/,
  /\b[rt]p[md]\b (?:limit|exceeded)/,
  /concurren(?:t|cy)[^.]{0,30}limit/,
)
/** Words of a rate limit only together with a named wait. */
const WAIT_TEXT = combinePatterns(
  /try again in/,
  /retry (?:in|after)/,
  /please wait/,
  /slow down/,
  /quota/,
  /limit/,
)
const DAY = combinePatterns(
  /per[ _-]?day/,
  /perday/,
  /a day\b/,
  /\b[rt]pd\b/,
  /daily/,
  /24[ -]?h(?:ou)?rs?\b/,
  /(?:quota|limit)[^.|]{0,30}\btoday/,
  /today'?s (?:quota|limit)/,
)
/** Sufficient without a status, because some products send it with 400 or 403. */
const DAILY_LIMIT =
  /daily (?:\w+ ){0,3}(?:limit|quota|allowance|cap)\b|dailylimit|(?:limit|quota)[^.|]{0,30}(?:per day|for today|a day)/
/** Codes of Anthropic and OpenAI, in this order, for usage that grew too fast, regardless of the limits. */
const RAMP = /ramp_limit|slow_down/

/** Classes of exceeded limits of an account. The first match applies. */
export const LIMIT_CLASSES: FaultClass[] = [
  {
    kind: 'quota',
    reason: 'quota_exhausted',
    policy: 'pause-scan',
    matches: ({ codes, status }) => status === 402 || QUOTA_CODE.test(codes),
    title: 'reports an exhausted quota',
    hint: raiseQuota,
  },
  {
    // One request exceeds the limit per minute, so it can never succeed.
    kind: 'larger_than_limit',
    reason: 'context_too_long',
    policy: 'fail',
    matches: ({ words }) =>
      /request too large for|reduce your message size|tokens must be reduced/.test(words),
    title: 'rejected the prompt as larger than the limit per minute',
    hint: () => 'Increase the token limit of the account, or use a model with a higher one.',
  },
  {
    kind: 'daily_quota',
    reason: 'rate_limited',
    policy: 'wait',
    matches: isDaily,
    title: 'rate-limited the call',
    hint: () =>
      'The scan resumes without intervention. A higher tier or another model has a higher daily limit.',
  },
  {
    kind: 'ramp_limit',
    reason: 'rate_limited',
    policy: 'wait',
    matches: (failure) => RAMP.test(failure.codes) && isThrottle(failure),
    title: 'rate-limited the call',
  },
  {
    kind: 'quota',
    reason: 'quota_exhausted',
    policy: 'pause-scan',
    matches: isOutOfQuota,
    title: 'reports an exhausted quota',
    hint: raiseQuota,
  },
  {
    kind: 'rate_limit',
    reason: 'rate_limited',
    policy: 'wait',
    matches: isThrottle,
    title: 'rate-limited the call',
  },
]

function raiseQuota(): string {
  return 'Increase the limit or wait for the next period, then resume the scan.'
}

function isOutOfQuota({ words, waitMs, status = 0 }: CallFailure): boolean {
  if (MONEY.test(words)) return true
  // A quota that resets after a named time is a rate limit.
  const comesBack = waitMs !== undefined || /per ?(?:minute|second|hour)/.test(words)
  return status < 500 && !comesBack && QUOTA_TEXT.test(words)
}

function isThrottle({ status, codes, words, waitMs }: CallFailure): boolean {
  if (status === 429 || THROTTLE_CODE.test(codes) || THROTTLE_TEXT.test(words)) return true
  const mayBeOne = status !== undefined && (status <= 400 || status === 503)
  return mayBeOne && waitMs !== undefined && WAIT_TEXT.test(words)
}

function isDaily(failure: CallFailure): boolean {
  return DAILY_LIMIT.test(failure.words) || (isThrottle(failure) && DAY.test(failure.words))
}
