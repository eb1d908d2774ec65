-- Ends deliveries that are still this consumer's.
-- KEYS: stream, owners of lanes
-- ARGV: group, consumer, whether to delete (1) or leave to the others (0), lane, its token or nothing, then ids
-- Gives for each id 1 if done, 0 if nobody has it, -1 if it is someone else's.
local function owned(id)
  local pending = redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1)[1]
  if not pending then
    return 0
  end
  return pending[2] == ARGV[2] and 1 or -1
end
local fenced = ARGV[5] ~= '' and redis.call('HGET', KEYS[2], 't' .. ARGV[4]) ~= ARGV[5]
local result, ours = {}, {}
for i = 6, #ARGV do
  local own = fenced and -1 or owned(ARGV[i])
  result[#result + 1] = own
  if own == 1 then
    ours[#ours + 1] = ARGV[i]
  end
end
if #ours > 0 then
  redis.call('XACK', KEYS[1], ARGV[1], unpack(ours))
  if ARGV[3] == '1' then
    redis.call('XDEL', KEYS[1], unpack(ours))
  end
end
return result
