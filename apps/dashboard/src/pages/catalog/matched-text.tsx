import { splitMatches } from './split-matches.ts'

/** A text with the words of the query marked. */
export function MatchedText({ text, query }: { text: string; query: string }) {
  return (
    <>
      {splitMatches(text, query).map((part, index) =>
        part.isMatch ? <mark key={index}>{part.text}</mark> : part.text,
      )}
    </>
  )
}
