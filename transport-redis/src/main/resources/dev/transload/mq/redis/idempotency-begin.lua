-- Claims a key that is neither claimed nor done. The entry says so in words, and ends by itself: claimed TOKEN OWNER until
-- its lease is over, done TOKEN until its retention is.
-- KEYS: entry
-- ARGV: token, owner, lease in milliseconds
-- Gives 0 if it is claimed by this token now, which it may have been before if an answer was lost; -1 if it is done; else
-- how many milliseconds someone else's claim lasts.
local mine = 'claimed ' .. ARGV[1] .. ' '
local held = redis.call('GET', KEYS[1])
if not held or string.sub(held, 1, #mine) == mine then
  redis.call('SET', KEYS[1], mine .. ARGV[2], 'PX', ARGV[3])
  return 0
end
if string.sub(held, 1, 5) == 'done ' then
  return -1
end
return math.max(1, redis.call('PTTL', KEYS[1]))
