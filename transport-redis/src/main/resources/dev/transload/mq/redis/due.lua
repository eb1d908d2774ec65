-- Moves what is due to its stream. Any number of clients may run it: what is moved is gone from where it waited.
-- KEYS: sorted set of when it is due, stream of what waits, then the destination's streams by lane
-- ARGV: most to move
-- Gives how many were moved, and milliseconds until the next is due, -1 if nothing waits.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now), 'LIMIT', 0, ARGV[1])
for _, member in ipairs(due) do
  local lane, id = string.match(member, '^(%d+) (.+)$')
  local entry = redis.call('XRANGE', KEYS[2], id, id)[1]
  local stream = KEYS[3 + lane]
  if entry and stream then
    redis.call('XADD', stream, 'NOMKSTREAM', '*', unpack(entry[2]))
  end
  redis.call('XDEL', KEYS[2], id)
  redis.call('ZREM', KEYS[1], member)
end
local next = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if next[1] then
  return {#due, math.max(0, next[2] - now)}
end
return {#due, -1}
