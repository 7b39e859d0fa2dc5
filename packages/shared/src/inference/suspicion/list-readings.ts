const CONFUSABLES: Readonly<Record<string, string>> = {
  а: 'a',
  в: 'b',
  с: 'c',
  ԁ: 'd',
  е: 'e',
  ё: 'e',
  һ: 'h',
  і: 'i',
  ї: 'i',
  ј: 'j',
  к: 'k',
  ӏ: 'l',
  м: 'm',
  н: 'h',
  о: 'o',
  р: 'p',
  ԛ: 'q',
  г: 'r',
  ѕ: 's',
  т: 't',
  у: 'y',
  ү: 'y',
  ԝ: 'w',
  х: 'x',
  α: 'a',
  β: 'b',
  ε: 'e',
  η: 'n',
  ι: 'i',
  κ: 'k',
  μ: 'u',
  ν: 'v',
  ο: 'o',
  ρ: 'p',
  τ: 't',
  υ: 'u',
  χ: 'x',
  γ: 'y',
  σ: 'o',
  ı: 'i',
  ł: 'l',
  ø: 'o',
  đ: 'd',
  ſ: 's',
  ɡ: 'g',
  ɑ: 'a',
  ᴏ: 'o',
}
/** A word with digits or signs in place of letters. */
const LEET_WORD = /(?<![\w@$!])(?=[\w@$!]*[a-z])(?=[\w@$!]*[0134578@$!])[a-z0-9@$!]{3,}/g
const LEET: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
}

/** Converts a text to lower-case basic Latin letters: replaces full-width, styled, accented and look-alike letters. */
export function toPlainLetters(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{ASCII}]/gu, (letter) => CONFUSABLES[letter] ?? letter)
    .replace(/[‘’]/g, "'")
}

/** Lists the possible readings of a text in plain letters: as written, split camel case, joined single letters, replaced signs. */
export function listReadings(text: string): string[] {
  const written = toPlainLetters(text)
  const words = toPlainLetters(text.replace(/([a-z\d])([A-Z])/g, '$1 $2'))
  const all = new Set([written, words])
  for (const plain of all) {
    all.add(plain.replace(APART, (apart) => apart.replace(/[^a-z]/g, '')))
    all.add(plain.replace(JOINED, ' '))
    all.add(plain.replace(INSIDE, ''))
    if (all.size > MOST_READINGS) break
  }
  return [...all]
}

const MOST_READINGS = 6
const APART = /\b(?:[a-z][ .\-_*·|/]){4,}[a-z]\b/g
/** Signs in place of spaces, as in instructions written as one identifier. */
const JOINED = /(?<=[a-z])[-_.*·|/+](?=[a-z])/g
/** Signs inside words. */
const INSIDE = /(?<=[a-z])[-*·|](?=[a-z])/g

/** Restores the letters of words with digits and signs (leetspeak). */
export function restoreDisguisedWords(text: string): string[] {
  const words = toPlainLetters(text).match(LEET_WORD) ?? []
  return words.map((word) => word.replace(/[0134578@$!]/g, (sign) => LEET[sign] ?? sign))
}

/** Decodes texts in base64, hex, percent-encoding, escapes and binary digits. At most 40 blocks. */
export function decodeTexts(text: string): string[] {
  const found: string[] = []
  for (const [block] of text.matchAll(/[A-Za-z0-9+/_-]{16,}={0,2}/g)) {
    if (found.length >= MOST_BLOCKS) break
    found.push(Buffer.from(block, 'base64').toString('utf8'))
    if (/^(?:[0-9a-f]{2})+$/i.test(block)) found.push(Buffer.from(block, 'hex').toString('utf8'))
  }
  if (/(?:%[0-9a-f]{2}){3}/i.test(text)) {
    found.push(
      text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      ),
    )
  }
  const unescaped = text.replace(ESCAPE, unescape)
  if (unescaped !== text) found.push(unescaped)
  if (/\b[01]{8}(?: [01]{8}){5}/.test(text)) {
    found.push(
      text.replace(/\b[01]{8}\b ?/g, (bits) => String.fromCharCode(Number.parseInt(bits, 2))),
    )
  }
  return found.filter(isReadable)
}

const MOST_BLOCKS = 40

/** Character escapes of HTML, JSON and C. */
const ESCAPE = /&#x?[0-9a-f]{2,6};|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}/gi

function unescape(sequence: string): string {
  const digits = sequence.replace(/^(?:&#x?|\\[ux])|;$/gi, '')
  return escapeCharacter(Number.parseInt(digits, /^&#\d/.test(sequence) ? 10 : 16))
}

function escapeCharacter(code: number): string {
  return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
    ? String.fromCodePoint(code)
    : ' '
}

/** True for words separated by spaces, false for random bytes. */
function isReadable(text: string): boolean {
  if (text.length < 12) return false
  const plain = text.match(/[\p{L}\p{N} .,;:!?'"(){}[\]_/-]/gu)?.length ?? 0
  return plain / text.length > 0.95 && /\p{L}{2,}[ ,;:.]+\p{L}{2,}/u.test(text)
}
