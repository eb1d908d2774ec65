-- Cuts off what all groups of a topic have handled, or what is older than the topic keeps it; ends ephemeral groups
-- whose clients are gone.
-- KEYS: hash of when ephemeral groups end, hash of the topic's shape, then streams of the topic
-- Gives how many entries went.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ends = redis.call('HGETALL', KEYS[1])
for i = 1, #ends, 2 do
  if tonumber(ends[i + 1]) < now then
    for k = 3, #KEYS do
      redis.pcall('XGROUP', 'DESTROY', KEYS[k], ends[i])
    end
    redis.call('HDEL', KEYS[1], ends[i])
    local beside = string.sub(KEYS[1], 1, -(#'ephemeral' + 1)) .. ends[i]
    redis.call('DEL', beside .. ':owners', beside .. ':members')
  end
end
local function parts(id)
  local ms, seq = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(ms), tonumber(seq)
end
local function before(a, b)
  local ams, aseq = parts(a)
  local bms, bseq = parts(b)
  return ams < bms or (ams == bms and aseq < bseq)
end
local shape = redis.call('HMGET', KEYS[2], 'shape', 'retained')
if not shape[1] then
  return 0
end
local cut = 0
for k = 3, #KEYS do
  local stream = KEYS[k]
  if redis.call('EXISTS', stream) == 1 then
    if shape[2] and shape[2] ~= '0' then
      cut = cut + redis.call('XTRIM', stream, 'MINID', string.format('%.0f', now - shape[2]))
    else
      local low
      for _, group in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
        local name, pending, last
        for i = 1, #group, 2 do
          if group[i] == 'name' then name = group[i + 1] end
          if group[i] == 'pending' then pending = group[i + 1] end
          if group[i] == 'last-delivered-id' then last = group[i + 1] end
        end
        local keep
        if pending > 0 then
          keep = redis.call('XPENDING', stream, name)[2]
        else
          local ms, seq = string.match(last, '^(%d+)-(%d+)$')
          keep = ms .. '-' .. string.format('%.0f', tonumber(seq) + 1)
        end
        if not low or before(keep, low) then
          low = keep
        end
      end
      if low then
        cut = cut + redis.call('XTRIM', stream, 'MINID', low)
      else
        cut = cut + redis.call('XTRIM', stream, 'MAXLEN', 0)
      end
    end
  end
end
return cut
