-- Takes over all that is pending in a stream of a lane that has a new owner.
-- KEYS: stream, owners of lanes
-- ARGV: group, consumer, lane, its token, id to begin behind, most to take
-- Gives the last id looked at, or nothing if there are no more, and then for each one taken its id, count, and fields;
-- nothing at all if the lane is not this consumer's.
if redis.call('HGET', KEYS[2], 't' .. ARGV[3]) ~= ARGV[4] then
  return false
end
local suspect = redis.call('HGET', KEYS[2], 's' .. ARGV[3]) == '1'
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
local found = redis.call('XPENDING', KEYS[1], ARGV[1], '(' .. ARGV[5], '+', ARGV[6])
local result = {#found == tonumber(ARGV[6]) and found[#found][1] or ''}
for _, pending in ipairs(found) do
  local id = pending[1]
  local entry = redis.call('XRANGE', KEYS[1], id, id)[1]
  if entry then
    local count = suspect and pending[2] ~= ARGV[2] and supposed(pending, entry) or pending[4]
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, id, 'RETRYCOUNT', count, 'JUSTID')
    result[#result + 1] = id
    result[#result + 1] = count
    result[#result + 1] = entry[2]
  else
    redis.call('XACK', KEYS[1], ARGV[1], id)
  end
end
return result
