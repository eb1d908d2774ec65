-- Takes a consumer out of its groups, save for those where something is still pending for it, and lanes it owns.
-- KEYS: owners of lanes, members, then streams
-- ARGV: group, consumer, lanes, whether nothing is out that has begun (1) or something may be (0)
for i = 3, #KEYS do
  local last = redis.pcall('XPENDING', KEYS[i], ARGV[1], '-', '+', 1, ARGV[2])
  if not last.err and #last == 0 then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[i], ARGV[1], ARGV[2])
  end
end
redis.call('ZREM', KEYS[2], ARGV[2])
for lane = 0, ARGV[3] - 1 do
  if redis.call('HGET', KEYS[1], 'o' .. lane) == ARGV[2] then
    redis.call('HDEL', KEYS[1], 'o' .. lane, 'u' .. lane, 't' .. lane)
    if ARGV[4] == '1' then
      redis.call('HSET', KEYS[1], 'c' .. lane, '1')
    end
  end
end
return 1
