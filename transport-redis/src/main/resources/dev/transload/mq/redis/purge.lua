-- Removes what waits in a place, and leaves what is out.
-- KEYS: sorted set of what waits for its time, stream of that, then streams: the place's own, and behind them those of
--   its topic
-- ARGV: group, how many streams are the place's own
-- Gives 1.
redis.call('DEL', KEYS[1], KEYS[2])
for i = 3, #KEYS do
  local stream = KEYS[i]
  if redis.call('EXISTS', stream) == 1 then
    local last
    for _, group in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
      if group[2] == ARGV[1] then
        last = group[8]
      end
    end
    if i - 2 > tonumber(ARGV[2]) then
      if last then
        redis.call('XGROUP', 'SETID', stream, ARGV[1], '$')
      end
    elseif not last then
      redis.call('XTRIM', stream, 'MAXLEN', 0)
    else
      while true do
        local page = redis.call('XRANGE', stream, '(' .. last, '+', 'COUNT', 500)
        if #page == 0 then
          break
        end
        local ids = {}
        for n, entry in ipairs(page) do
          ids[n] = entry[1]
        end
        redis.call('XDEL', stream, unpack(ids))
      end
    end
  end
end
return 1
