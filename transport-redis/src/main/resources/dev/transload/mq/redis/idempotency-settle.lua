-- Renews, completes or gives up a claim, if the token still holds it.
-- KEYS: entry
-- ARGV: token; renew, complete or abandon; lease or retention in milliseconds; 1 if it may have been done already by a
-- question whose answer was lost
-- Gives 1 if done, 0 if the token holds no more, in which case nothing is changed.
local mine = 'claimed ' .. ARGV[1] .. ' '
local done = 'done ' .. ARGV[1]
local held = redis.call('GET', KEYS[1])
if held and string.sub(held, 1, #mine) == mine then
  if ARGV[2] == 'renew' then
    redis.call('PEXPIRE', KEYS[1], ARGV[3])
  elseif ARGV[2] == 'complete' then
    redis.call('SET', KEYS[1], done, 'PX', ARGV[3])
  else
    redis.call('DEL', KEYS[1])
  end
  return 1
end
if ARGV[4] == '1' and (ARGV[2] == 'complete' and held == done or ARGV[2] == 'abandon' and not held) then
  return 1
end
return 0
