-- Gives a delivery back that is still this consumer's: as a new entry of the place's own stream, now or later.
-- KEYS: stream it came from, place's own stream, stream of what waits, sorted set of when it is due
-- ARGV: group, consumer, whether to delete (1) or leave to the others (0), id, milliseconds from now, count, then fields
--   and values that are added where the entry has none of that name
-- Gives 1 if done, 0 if nobody has it, -1 if it is someone else's.
local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[4], ARGV[4], 1)[1]
if not pending then
  return 0
end
if pending[2] ~= ARGV[2] then
  return -1
end
local entry = redis.call('XRANGE', KEYS[1], ARGV[4], ARGV[4])[1]
if entry then
  local fields, has = {}, {}
  for i = 1, #entry[2], 2 do
    local name = entry[2][i]
    has[name] = true
    if name ~= 'mq-count' then
      fields[#fields + 1] = name
      fields[#fields + 1] = entry[2][i + 1]
    end
  end
  for i = 7, #ARGV, 2 do
    if not has[ARGV[i]] then
      fields[#fields + 1] = ARGV[i]
      fields[#fields + 1] = ARGV[i + 1]
    end
  end
  if ARGV[6] ~= '0' then
    fields[#fields + 1] = 'mq-count'
    fields[#fields + 1] = ARGV[6]
  end
  if ARGV[5] == '0' then
    redis.call('XADD', KEYS[2], '*', unpack(fields))
  else
    local time = redis.call('TIME')
    local due = time[1] * 1000 + math.floor(time[2] / 1000) + 1 + ARGV[5]
    local id = redis.call('XADD', KEYS[3], '*', unpack(fields))
    redis.call('ZADD', KEYS[4], string.format('%.0f', due), '0 ' .. id)
  end
end
redis.call('XACK', KEYS[1], ARGV[1], ARGV[4])
if ARGV[3] == '1' then
  redis.call('XDEL', KEYS[1], ARGV[4])
end
return 1
