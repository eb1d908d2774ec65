-- Gives what is pending for a consumer, which a lost connection may have kept from it, and prolongs its lease.
-- KEYS: stream
-- ARGV: group, consumer, id to begin behind, most to give
-- Gives the last id looked at, or nothing if there are no more, and then for each one its id, count, and fields.
local found = redis.call('XPENDING', KEYS[1], ARGV[1], '(' .. ARGV[3], '+', ARGV[4], ARGV[2])
local result = {#found == tonumber(ARGV[4]) and found[#found][1] or ''}
for _, pending in ipairs(found) do
  local id = pending[1]
  local entry = redis.call('XRANGE', KEYS[1], id, id)[1]
  if entry then
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, id, 'JUSTID')
    result[#result + 1] = id
    result[#result + 1] = pending[4]
    result[#result + 1] = entry[2]
  else
    redis.call('XACK', KEYS[1], ARGV[1], id)
  end
end
return result
