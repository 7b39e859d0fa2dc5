// Finds wording that docs/glossary.md replaces. `node scripts/language-check.mjs [paths]` checks the whole repository or the
// given files and folders; `--root DIR` checks another one. Ends with 1 when there are hits.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { DUPLICATE_NAMES, GETTERS, NOUNS, SKIPPED } from './language-exceptions.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { root: { type: 'string' } },
})
const root = values.root ?? fileURLToPath(new URL('../', import.meta.url))
const CODE = new Set(['.ts', '.mjs', '.js', '.lua'])
const TEXT = new Set([...CODE, '.md', '.yml', '.yaml', '.json', '.sh'])

/** Words with what to write in their place. They are searched in identifiers too: `standIn` is `stand in`. */
const WORDS = [
  [/\bmend(s|ed|ing)?\b/, 'repair, reconcile, recover'],
  [/\banew\b/, 'again'],
  [/\b(nobody|somebody|anybody|everybody|whoever|whichever)\b/, 'name the actor'],
  [/\bis away\b/, 'is unreachable'],
  [/\b(tells|told|untold|retold)\b/, 'reports, states, sends; for people: see'],
  [/\bsays\b/, 'states, reports, names'],
  [/\bso it was\b/, 'state the fact'],
  [/\bstand(s|ing)?[- ]in\b|\bstood in\b/, 'fallback model'],
  [/\bhand(s|ed|ing)? back\b|\bgiv(es?|en|ing) back\b/, 'release, return, requeue'],
  [/\btak(es?|en|ing) along\b/, 'multi-type prompt: coalesce'],
  [/\bturned away\b/, 'rejected, rate-limited'],
  [/\b(model|open) gate\b|\bgate deps\b/, 'call pipeline'],
  [/\bpatience\b/, 'max wait'],
  [/\b(check desk|desk)\b/, 'request-reply'],
  [/\b(batch book|rival|outlook|unfit|rehearse|look ahead)\b/, 'see docs/glossary.md'],
  [/\bprovider news\b/, 'provider event'],
  [/\bleast margin\b|\bfree engine\b/, 'headroom, ideal scheduler'],
]

/** Starts of sentences that leave the subject out. Questions are fine. */
const STARTS = [
  [
    /^(Who|Whose|Whom)\b(?![^.]*\?)/,
    'a sentence starts with its subject, not with a relative clause',
  ],
  [
    /^(What|Whatever|Else,? )\b(?![^.]*\?)/,
    'a sentence starts with its subject, not with a relative clause',
  ],
  [/^Of (a|an|the|each|every|all|one)\b/, 'a comment is not a genitive fragment'],
]

const PARTICIPLE =
  /(?:[a-z]{2,}ed|Told|Given|Taken|Known|Seen|Found|Made|Held|Sent|Kept|Lost|Left|Spent|Bought|Thrown|Drawn|Shown|Written|Read|Begun|Born|Gone)$/

const TITLE = /^\s*(?:test|it|describe)(?:\.\w+)*\(\s*['"`](.*)/

const hits = []
const exported = new Map()

for (const path of files()) check(path)
for (const [name, paths] of exported) {
  if (paths.length < 2 || name in DUPLICATE_NAMES) continue
  const others = paths.slice(1).map(({ path }) => path)
  report(
    paths[0].path,
    paths[0].line,
    `\`${name}\` is exported by ${others.join(', ')} as well`,
    'one name, one meaning',
  )
}
const wanted = hits.filter(({ path }) => isWanted(path))
for (const { path, line, found, advice } of wanted) {
  console.log(`${path}:${line}: ${found} (${advice})`)
}
console.log(`${wanted.length} ${wanted.length === 1 ? 'hit' : 'hits'}`)
process.exitCode = wanted.length > 0 ? 1 : 0

function files() {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  return listed
    .split('\0')
    .filter((path) => TEXT.has(extname(path)) && !SKIPPED.some((skipped) => path.match(skipped)))
}

function isWanted(path) {
  if (positionals.length === 0) return true
  return positionals.some((one) => path === one || path.startsWith(`${one.replace(/\/$/, '')}/`))
}

function report(path, line, found, advice) {
  hits.push({ path, line, found, advice })
}

function check(path) {
  let lines
  try {
    lines = readFileSync(join(root, path), 'utf8').split('\n')
  } catch {
    // Deleted, and not yet committed.
    return
  }
  const isCode = CODE.has(extname(path))
  const isProduct = path.endsWith('.ts') && !path.endsWith('.test.ts') && path.includes('/src/')
  lines.forEach((text, index) => {
    checkWords(path, index + 1, text)
    checkStarts(path, index + 1, splitSentences(lines, index, isCode, path))
    if (isProduct) checkExport(path, index + 1, text)
  })
}

function checkWords(path, line, text) {
  const plain = text
    .replaceAll(/https?:\/\/[^\s'"`)]+/g, '')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]/g, ' ')
    .toLowerCase()
  for (const [pattern, advice] of WORDS) {
    const found = plain.match(pattern)
    if (found) report(path, line, `\`${found[0]}\``, advice)
  }
}

/** The sentences that begin in a line: of comments and test titles in code, of paragraphs in Markdown. */
function splitSentences(lines, index, isCode, path) {
  const before = lines[index - 1] ?? ''
  if (isCode) return splitCode(lines[index], before, extname(path))
  return extname(path) === '.md' ? splitPage(lines[index], before) : []
}

function splitCode(text, before, extension) {
  const title = text.match(TITLE)?.[1]
  if (title) return [upperFirst(title)]
  const mark = extension === '.lua' ? /^\s*--\s*/ : /^\s*(\/\*\*|\/\/|\*)\s*/
  const own = text.match(mark)
  if (!own) return split(text.match(/\s(?:\/\/|--) (.*)/)?.[1] ?? '', false)
  const isGoingOn = mark.test(before) && !/(^\s*\/\*\*|[.!?:])\s*$/.test(before)
  return split(text.slice(own[0].length), isGoingOn)
}

function splitPage(text, before) {
  const isGoingOn = !/^\s*$|[.!?:|]\s*$|^\s*(#|\||```)/.test(before)
  return split(text.replace(/^\s*([-*|>#]|\d+\.)+\s*/, ''), isGoingOn)
}

function split(text, isGoingOn) {
  const sentences = text.split(/(?<=[.;!?]) +/)
  return isGoingOn ? sentences.slice(1) : sentences
}

function upperFirst(text) {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function checkStarts(path, line, sentences) {
  for (const sentence of sentences) {
    for (const [pattern, advice] of STARTS) {
      const found = sentence.match(pattern)
      if (found) report(path, line, `"${sentence.slice(0, 40)}"`, advice)
    }
  }
}

function checkExport(path, line, text) {
  const found = text.match(
    /^export (?:declare )?(?:abstract )?(?:async )?(interface|type|class|function|const|enum)\*? (\w+)/,
  )
  if (!found) return
  const [, kind, name] = found
  // A schema and its type have one name in one file.
  const known = exported.get(name) ?? []
  if (known.every((one) => one.path !== path)) exported.set(name, [...known, { path, line }])
  if (isType(kind) && PARTICIPLE.test(name) && !NOUNS.includes(name)) {
    report(path, line, `type \`${name}\``, 'a type is a noun, not a participle')
  }
  if (isFunction(kind, text) && /[a-z]Of$/.test(name) && !GETTERS.includes(name)) {
    report(path, line, `function \`${name}\``, 'a function is a verb phrase')
  }
}

function isType(kind) {
  return kind === 'interface' || kind === 'type' || kind === 'class'
}

function isFunction(kind, text) {
  return kind === 'function' || (kind === 'const' && /=> |= async/.test(text))
}
