-- Returns {ms of the next midnight, tokens, micro-USD, calls and unpriced tokens of today, tokens and micro-USD set aside}.
return {
  midnight, number('tokens'), number('micros'), number('calls'), number('unpriced'),
  number('reservedTokens'), number('reservedMicros'),
}
