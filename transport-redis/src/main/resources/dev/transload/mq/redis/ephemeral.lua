-- Keeps a group alive that ends with its client, made at the end of the topic if it is not there.
-- KEYS: hash of when ephemeral groups end, then streams of the topic
-- ARGV: group, milliseconds it may live without a call, 1 if it is to be made
-- Gives 1 if it is there, 0 if it, or the topic, is not.
for i = 2, #KEYS do
  if redis.call('EXISTS', KEYS[i]) == 0 then
    return 0
  end
end
local made = redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1
if not made then
  if ARGV[3] ~= '1' then
    return 0
  end
  for i = 2, #KEYS do
    redis.call('XGROUP', 'CREATE', KEYS[i], ARGV[1], '$')
  end
end
local time = redis.call('TIME')
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', time[1] * 1000 + ARGV[2]))
return 1
