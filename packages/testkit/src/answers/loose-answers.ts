import { lighthouse, prettyLighthouse, buildLighthouseAnswers } from './answer-fixture.ts'

const python = `{'capabilities': ['lighthouse schedule', 'lamp change'], 'providers': [], 'abstractions': ('tide tables',), 'complexity': 'low',
 'description': 'Lights a lamp (or two) at dusk; "fog" adds a horn.', 'useCase': 'When ships pass at night.', 'confidence': 0.8,
 'searchPhrases': ['lamp for ships', "keeper's log"]}`
const bareKeys = lighthouse.replaceAll(/"(\w+)":/g, '$1: ')
const curly = lighthouse
  .split(/(?<!\\)"/)
  .reduce((text, part, index) => `${text}${index % 2 === 1 ? '“' : '”'}${part}`)

/** JSON that strict parsers reject, with one obvious meaning. */
export const LOOSE_ANSWERS = buildLighthouseAnswers({
  'trailing commas': lighthouse.replaceAll(']', ',]').replace(/\}$/, ',}'),
  'line comments': prettyLighthouse.replace('"low",', '"low", // it isn\'t {hard}'),
  'block comments': prettyLighthouse.replace('"low",', '/* { */ "low" /* " */,'),
  'hash comments': prettyLighthouse.replace('"low",', '"low",  # easy'),
  "Python's notation": python,
  "Python's None": python.replace("'providers': []", "'providers': None"),
  'single quotes with an apostrophe inside': python.replace(`"keeper's log"`, `'keeper's log'`),
  'keys without quotes': bareKeys,
  'a word without quotes': lighthouse.replace('"low"', 'low'),
  'curly quotes': curly.replaceAll('\\"', '"'),
  'quotes inside of a string': lighthouse.replaceAll('\\"', '"'),
  'a needless escape': lighthouse.replace('night.', 'night\\.'),
  'an escaped apostrophe': lighthouse.replace("keeper's", "keeper\\'s"),
  'a line break in a string': lighthouse.replace('ships pass', 'ships\n  pass'),
  'a missing comma between members': prettyLighthouse.replace('"low",', '"low"'),
  'a missing comma between items': lighthouse.replace('schedule",', 'schedule" '),
  'a missing closing brace': lighthouse.slice(0, -1),
  'missing closing brackets in a fence': `\`\`\`json\n${lighthouse.slice(0, -2)}\n\`\`\``,
  'a missing bracket of the last list': lighthouse.replace(']}', '}'),
  'a missing closing brace before a tag': `<answer>${lighthouse.slice(0, -1)}</answer>`,
  'a number without its zero': lighthouse.replace('0.8', '.8'),
  'an ellipsis': lighthouse.replace('"tide tables"', '"tide tables", ...'),
  'a trailing comma in a wrapper': `{"answer": ${lighthouse},}`,
})
