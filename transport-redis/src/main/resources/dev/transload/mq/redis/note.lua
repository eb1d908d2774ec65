-- Writes a count with a delivery that is still this consumer's: a thousand for each failure, one for each start.
-- KEYS: stream, owners of lanes
-- ARGV: group, consumer, lane, its token or nothing, id, count, the count it must have or nothing for any
-- Gives 1 if done, 0 if nobody has it, -1 if it is someone else's.
if ARGV[4] ~= '' and redis.call('HGET', KEYS[2], 't' .. ARGV[3]) ~= ARGV[4] then
  return -1
end
local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[5], ARGV[5], 1)[1]
if not pending then
  return 0
end
if pending[2] ~= ARGV[2] then
  return -1
end
if ARGV[7] ~= '' and pending[4] ~= tonumber(ARGV[7]) then
  return 1
end
redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[5], 'RETRYCOUNT', ARGV[6], 'JUSTID')
return 1
