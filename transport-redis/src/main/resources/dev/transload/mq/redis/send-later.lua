-- Stores a message that waits for its time.
-- KEYS: stream it goes to, stream of what waits, sorted set of when it is due
-- ARGV: milliseconds from now, lane, then fields and values
-- Gives its id among what waits, or nothing if the destination is not there.
if redis.call('EXISTS', KEYS[1]) == 0 then
  return false
end
local time = redis.call('TIME')
local due = time[1] * 1000 + math.floor(time[2] / 1000) + 1 + ARGV[1]
local id = redis.call('XADD', KEYS[2], '*', unpack(ARGV, 3))
redis.call('ZADD', KEYS[3], string.format('%.0f', due), ARGV[2] .. ' ' .. id)
return id
