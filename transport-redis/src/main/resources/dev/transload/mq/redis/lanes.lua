-- Joins the members of an ordered place, or stays one, and shares its lanes evenly: each has one owner at a time.
-- KEYS: owners of lanes, members
-- ARGV: member, its lease in milliseconds, number of lanes, then lanes it gives up, with ! before those where something is
--   still out
-- Gives how many lanes it has too many, and then for each lane it owns its number and token.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ends = string.format('%.0f', now + ARGV[2])
local count = tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', now))
redis.call('ZADD', KEYS[2], ends, ARGV[1])
for i = 4, #ARGV do
  local out, lane = string.match(ARGV[i], '^(!?)(%d+)$')
  if redis.call('HGET', KEYS[1], 'o' .. lane) == ARGV[1] then
    redis.call('HDEL', KEYS[1], 'o' .. lane, 'u' .. lane, 't' .. lane)
    if out == '' then
      redis.call('HSET', KEYS[1], 'c' .. lane, '1')
    end
  end
end
local members = redis.call('ZRANGE', KEYS[2], 0, -1)
table.sort(members)
local share = math.floor(count / #members)
for rank, member in ipairs(members) do
  if member == ARGV[1] and rank <= count % #members then
    share = share + 1
  end
end
local mine, free = {}, {}
for lane = 0, count - 1 do
  local known = redis.call('HMGET', KEYS[1], 'o' .. lane, 'u' .. lane, 't' .. lane)
  if known[1] == ARGV[1] and tonumber(known[2]) > now then
    redis.call('HSET', KEYS[1], 'u' .. lane, ends)
    mine[#mine + 1] = tostring(lane)
    mine[#mine + 1] = known[3]
  elseif not known[1] or tonumber(known[2]) <= now then
    free[#free + 1] = lane
  end
end
for _, lane in ipairs(free) do
  if #mine / 2 >= share then
    break
  end
  local token = tostring(redis.call('HINCRBY', KEYS[1], 'fence', 1))
  -- Its last owner has given it up in order, or may have begun what is pending for it.
  local suspect = redis.call('HDEL', KEYS[1], 'c' .. lane) == 1 and '0' or '1'
  redis.call('HSET', KEYS[1], 'o' .. lane, ARGV[1], 'u' .. lane, ends, 't' .. lane, token, 's' .. lane, suspect)
  mine[#mine + 1] = tostring(lane)
  mine[#mine + 1] = token
end
table.insert(mine, 1, tostring(math.max(0, #mine / 2 - share)))
return mine
