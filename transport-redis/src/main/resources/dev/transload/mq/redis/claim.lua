-- Says that a consumer lives, and takes over deliveries that others have let go of: whose lease, which is part of a
-- consumer's name, is over, or whose consumer has not been heard of.
-- KEYS: stream, members
-- ARGV: group, consumer, its lease in milliseconds, id to begin behind, most to look at, milliseconds a consumer may be
--   silent, whether those of silent consumers are taken (1 or 0)
-- Gives the last id looked at, or nothing if there are no more, and then for each one taken its id, count, and fields.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[2], string.format('%.0f', now + ARGV[6]), ARGV[2])
local most = tonumber(ARGV[5])
if most == 0 then
  return {''}
end
-- The first start of a message is not written down before it happens, so whoever had it may have begun it: that counts. Of
-- one that has a count with it, starts are.
local function supposed(pending, entry)
  if pending[4] > 1 then
    return pending[4]
  end
  for i = 1, #entry[2], 2 do
    if entry[2][i] == 'mq-count' then
      return 1
    end
  end
  return 2
end
local result = {''}
local function take(pending)
  local id = pending[1]
  local entry = redis.call('XRANGE', KEYS[1], id, id)[1]
  if entry then
    local count = pending[2] == ARGV[2] and pending[4] or supposed(pending, entry)
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, id, 'RETRYCOUNT', count, 'JUSTID')
    result[#result + 1] = id
    result[#result + 1] = count
    result[#result + 1] = entry[2]
  else
    redis.call('XACK', KEYS[1], ARGV[1], id)
  end
end
local found = redis.call('XPENDING', KEYS[1], ARGV[1], 'IDLE', ARGV[3], '(' .. ARGV[4], '+', most)
if #found == most then
  result[1] = found[#found][1]
end
for _, pending in ipairs(found) do
  if pending[3] >= tonumber(string.match(pending[2], '~(%d+)$') or ARGV[3]) then
    take(pending)
  end
end
if ARGV[7] == '1' then
  for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
    local name, left = consumer[2], most - math.floor(#result / 3)
    if left > 0 and consumer[4] > 0 and name ~= ARGV[2] and string.match(name, '~%d+$')
        and tonumber(redis.call('ZSCORE', KEYS[2], name) or 0) < now then
      for _, pending in ipairs(redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', left, name)) do
        take(pending)
      end
    end
  end
end
return result
