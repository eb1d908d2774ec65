-- Ends deliveries that are still this consumer's.
-- KEYS: stream, owners of lanes
-- ARGV: group, consumer, whether to delete (1) or leave to the others (0), lane, its token or nothing, then ids
-- Gives 1 if all are done; else for each id 1 if done, 0 if nobody has it, -1 if it is someone else's.
local fenced = ARGV[5] ~= '' and redis.call('HGET', KEYS[2], 't' .. ARGV[4]) ~= ARGV[5]
local count = #ARGV - 5

local function done(ids)
  redis.call('XACK', KEYS[1], ARGV[1], unpack(ids))
  if ARGV[3] == '1' then
    redis.call('XDEL', KEYS[1], unpack(ids))
  end
end

-- What is settled in the order it came is asked about at once, not one by one.
local function all_ours()
  local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[6], ARGV[#ARGV], count, ARGV[2])
  if #pending ~= count then
    return false
  end
  for i = 1, count do
    if pending[i][1] ~= ARGV[i + 5] then
      return false
    end
  end
  return true
end

local function owned(id)
  local pending = redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1)[1]
  if not pending then
    return 0
  end
  return pending[2] == ARGV[2] and 1 or -1
end

if not fenced and all_ours() then
  done({unpack(ARGV, 6)})
  return 1
end
local result, ours = {}, {}
for i = 6, #ARGV do
  local own = fenced and -1 or owned(ARGV[i])
  result[#result + 1] = own
  if own == 1 then
    ours[#ours + 1] = ARGV[i]
  end
end
if #ours > 0 then
  done(ours)
end
return result
