-- Prolongs the lease of deliveries that are still this consumer's.
-- KEYS: stream
-- ARGV: group, consumer, then ids
-- Gives for each id 1 if done, 0 if nobody has it, -1 if it is someone else's.
local result = {}
for i = 3, #ARGV do
  local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[i], ARGV[i], 1)[1]
  if not pending then
    result[#result + 1] = 0
  elseif pending[2] ~= ARGV[2] then
    result[#result + 1] = -1
  else
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[i], 'JUSTID')
    result[#result + 1] = 1
  end
end
return result
