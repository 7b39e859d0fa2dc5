import type { AnswerForm } from './call-failure.ts'
import type { BodyWait } from './read-wait.ts'

/** Codes, texts and waits in an error body. */
export interface ParsedErrorBody {
  form: AnswerForm
  codes: string[]
  texts: string[]
  waits: BodyWait[]
  /** Statuses in the body, outermost first. */
  statuses: number[]
}

const MAX_DEPTH = 7
const MAX_NODES = 300
const MAX_TEXT = 2_000
const MAX_EVENT = 64 * 1024

/** Members with texts for users, of all products. */
const TEXTS = new Set([
  'message',
  'msg',
  'detail',
  'error',
  'error_description',
  'error_message',
  'error_msg',
  'errormessage',
  'raw',
  'faultstring',
  'status_msg',
  'status_message',
  'description',
  'title',
])
/** Members with a code, a type or a status. */
const CODES = new Set([
  'code',
  'type',
  'status',
  'error',
  'error_code',
  'errorcode',
  'error_type',
  'errortype',
  '__type',
  'reason',
  'status_code',
  'statuscode',
  'http_status',
  'http_code',
  'quotaid',
  'quotametric',
  'limit_name',
])
/** Members with a wait or a reset time. */
const WAITS = new Set([
  'retrydelay',
  'retry_delay',
  'retry_after',
  'retryafter',
  'retry-after',
  'retry_after_ms',
  'retryafterms',
  'retry_after_seconds',
  'x-ratelimit-reset',
])
/** Members with nested parts of the error. Others are ignored, because an error may repeat the prompt. */
const WRAPPERS = new Set([
  'error',
  'errors',
  'detail',
  'details',
  'message',
  'fault',
  'metadata',
  'headers',
  'cause',
  'innererror',
  'inner_error',
  'violations',
  'base_resp',
  'response',
  'incomplete_details',
  'data',
  'result',
  'body',
])

/**
 * Parses an error body of any format: JSON of any product, JSON inside a text, an event stream, a web page, plain text. Never
 * throws. Depth, number of nodes and lengths are bounded.
 */
export function readErrorBody(body: unknown): ParsedErrorBody {
  const facts: ParsedErrorBody = { form: 'json', codes: [], texts: [], waits: [], statuses: [] }
  const walk = { facts, nodes: 0 }
  if (typeof body === 'string') readText(walk, body)
  else if (body === undefined || body === null) facts.form = 'empty'
  else collect(walk, body, 0)
  return facts
}

interface Walk {
  facts: ParsedErrorBody
  nodes: number
}

function readText(walk: Walk, sent: string): void {
  const { facts } = walk
  const text = sent.trim()
  const json = parseJson(text)
  if (json !== undefined) return collect(walk, json, 0)
  facts.form = detectForm(text)
  if (facts.form === 'events') {
    const event = parseJson(/^data:\s*(\{.*)$/m.exec(text.slice(0, MAX_EVENT))?.[1] ?? '')
    if (event !== undefined) return collect(walk, event, 0)
  }
  if (facts.form !== 'empty')
    facts.texts.push(...(facts.form === 'page' ? readPageTexts(text) : [cut(text)]))
  return undefined
}

function detectForm(text: string): AnswerForm {
  if (text === '' || text === 'null') return 'empty'
  if (/^(?:<!doctype|<html|<\?xml|<head|<body|<!--)/i.test(text)) return 'page'
  return /^(?:data|event|id|retry):|^:/.test(text) ? 'events' : 'text'
}

/** Characters read of a page. Bounds the time of the patterns. */
const MAX_PAGE = 5_000

/** The title of a page, and its visible text. */
function readPageTexts(whole: string): string[] {
  const page = whole.slice(0, MAX_PAGE)
  const title = /<title[^>]*>([^<]*)/i.exec(page)?.[1]?.trim() ?? ''
  const shown = page
    .replace(/<(script|style|head)\b[^]*?<\/\1\s*>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
  return [cut(title) || 'a web page', cut(shown)].filter((text) => text !== '')
}

function collect(walk: Walk, value: unknown, depth: number): void {
  walk.nodes += 1
  if (depth > MAX_DEPTH || walk.nodes > MAX_NODES) return
  if (typeof value === 'string') addText(walk, value, depth)
  else if (Array.isArray(value)) {
    for (const item of value.slice(0, 10)) collect(walk, item, depth + 1)
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value).slice(0, 50)) {
      collectMember(walk, name.toLowerCase(), member, depth)
    }
  }
}

function collectMember(walk: Walk, name: string, member: unknown, depth: number): void {
  const { facts } = walk
  if (typeof member === 'string' || typeof member === 'number') {
    if (WAITS.has(name)) facts.waits.push({ name, value: member })
    if (CODES.has(name)) addCode(facts, member)
    if (TEXTS.has(name) && typeof member === 'string') addText(walk, member, depth)
  } else if (WRAPPERS.has(name)) collect(walk, member, depth + 1)
}

function addCode({ codes, statuses }: ParsedErrorBody, code: string | number): void {
  const text = String(code)
  if (text.length <= 120) codes.push(text)
  if (/^[45]\d\d$/.test(text)) statuses.push(Number(text))
}

/** Gateways put the JSON body of the provider into a text. */
function addText(walk: Walk, text: string, depth: number): void {
  const { facts } = walk
  const json = depth < MAX_DEPTH ? parseJson(text) : undefined
  if (typeof json === 'object' && json !== null) return collect(walk, json, depth + 1)
  const shown = text.trimStart().startsWith('<') ? readPageTexts(text).join(': ') : cut(text)
  if (shown !== '' && !facts.texts.includes(shown)) facts.texts.push(shown)
  const [, status] = /\b(?:error code|status code|http)[: ]+([45]\d\d)\b/i.exec(shown) ?? []
  if (status !== undefined) facts.statuses.push(Number(status))
  return undefined
}

function parseJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function cut(text: string): string {
  return text.slice(0, MAX_TEXT).trim()
}
