-- Sends a message and ends the delivery it comes from, if that is still this consumer's.
-- KEYS: stream it came from, owners of its lanes, stream it goes to, stream of what waits there, sorted set of when it is
--   due there
-- ARGV: group, consumer, whether to delete (1) or leave to the others (0), lane, its token or nothing, id, milliseconds
--   from now, lane it goes to, then fields and values
-- Gives 1 if done, 0 if nobody has it, -1 if it is someone else's, -2 if the destination is not there.
if ARGV[5] ~= '' and redis.call('HGET', KEYS[2], 't' .. ARGV[4]) ~= ARGV[5] then
  return -1
end
local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[6], ARGV[6], 1)[1]
if not pending then
  return 0
end
if pending[2] ~= ARGV[2] then
  return -1
end
if redis.call('EXISTS', KEYS[3]) == 0 then
  return -2
end
if ARGV[7] == '0' then
  redis.call('XADD', KEYS[3], '*', unpack(ARGV, 9))
else
  local time = redis.call('TIME')
  local due = time[1] * 1000 + math.floor(time[2] / 1000) + 1 + ARGV[7]
  local id = redis.call('XADD', KEYS[4], '*', unpack(ARGV, 9))
  redis.call('ZADD', KEYS[5], string.format('%.0f', due), ARGV[8] .. ' ' .. id)
end
redis.call('XACK', KEYS[1], ARGV[1], ARGV[6])
if ARGV[3] == '1' then
  redis.call('XDEL', KEYS[1], ARGV[6])
end
return 1
