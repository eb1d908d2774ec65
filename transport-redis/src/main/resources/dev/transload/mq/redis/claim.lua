-- Takes over deliveries that their consumers have let go of: whose lease, which is part of a consumer's name, is over.
-- KEYS: stream
-- ARGV: group, consumer, its lease in milliseconds, id to begin behind, most to look at
-- Gives the last id looked at, or nothing if there are no more, and then for each one taken its id, count, and fields.
local found = redis.call('XPENDING', KEYS[1], ARGV[1], 'IDLE', ARGV[3], '(' .. ARGV[4], '+', ARGV[5])
local result = {#found == tonumber(ARGV[5]) and found[#found][1] or ''}
for _, pending in ipairs(found) do
  local id, owner, idle, count = pending[1], pending[2], pending[3], pending[4]
  if idle >= tonumber(string.match(owner, '~(%d+)$') or ARGV[3]) then
    local entry = redis.call('XRANGE', KEYS[1], id, id)[1]
    if entry then
      redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, id, 'JUSTID')
      result[#result + 1] = id
      result[#result + 1] = count
      result[#result + 1] = entry[2]
    else
      redis.call('XACK', KEYS[1], ARGV[1], id)
    end
  end
end
return result
