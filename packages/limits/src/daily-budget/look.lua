-- Returns {ms of the next midnight, tokens, micro-USD, calls, unpriced and estimated tokens of today, tokens and
-- micro-USD set aside}.
return {
  midnight, number('tokens'), number('micros'), number('calls'), number('unpriced'), number('estimated'),
  number('reservedTokens'), number('reservedMicros'),
}
