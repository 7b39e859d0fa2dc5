-- Reads the spend of today.
-- Returns {ms of the next midnight, tokens, micro-USD, calls, unpriced tokens, estimated tokens, reserved tokens,
-- reserved micro-USD}.
return {
  midnight, number_of('tokens'), number_of('micros'), number_of('calls'), number_of('unpriced'),
  number_of('estimated'), number_of('reservedTokens'), number_of('reservedMicros'),
}
