-- Counts what waits in a place.
-- KEYS: sorted set of what waits for its time, then streams: the place's own, and behind them those of its topic
-- ARGV: group or nothing, how many streams are the place's own
-- Gives the number, or -1 if the place is not there.
local function group(stream)
  for _, group in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
    local all = {}
    for i = 1, #group, 2 do
      all[group[i]] = group[i + 1]
    end
    if all.name == ARGV[1] then
      return all
    end
  end
end
local function after(stream, id)
  local count = 0
  while true do
    local page = redis.call('XRANGE', stream, '(' .. id, '+', 'COUNT', 500)
    if #page == 0 then
      return count
    end
    count = count + #page
    id = page[#page][1]
  end
end
local waiting = redis.call('ZCARD', KEYS[1])
for i = 2, #KEYS do
  local stream = KEYS[i]
  if redis.call('EXISTS', stream) == 0 then
    return -1
  end
  if ARGV[1] == '' then
    waiting = waiting + redis.call('XLEN', stream)
  else
    local found = group(stream)
    if i - 1 <= tonumber(ARGV[2]) then
      waiting = waiting + redis.call('XLEN', stream) - (found and found.pending or 0)
    elseif not found then
      return -1
    else
      waiting = waiting + (found.lag or after(stream, found['last-delivered-id']))
    end
  end
end
return waiting
