-- Makes or checks the consumer groups of a group of a topic.
-- KEYS: streams of the topic
-- ARGV: create or look, group, id behind which a new one begins
-- Gives 1 if all are there, 0 if not.
for _, stream in ipairs(KEYS) do
  if redis.call('EXISTS', stream) == 0 then
    return 0
  end
  local found = false
  for _, group in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
    found = found or group[2] == ARGV[2]
  end
  if not found then
    if ARGV[1] ~= 'create' then
      return 0
    end
    redis.call('XGROUP', 'CREATE', stream, ARGV[2], ARGV[3])
  end
end
return 1
