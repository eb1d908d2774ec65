-- Makes or checks the streams of a place.
-- KEYS: hash of the place's shape, then its streams by lane; as many as might be needed
-- ARGV: create or look, shape, lanes unless the place has a number already, group or nothing, milliseconds that entries
--   are kept though they are handled
-- Gives 'ok', the number of lanes and whether it was made now (1 or 0), 'missing', 'type' and what is there, or 'differs' and the shape that is there.
local made = redis.call('EXISTS', KEYS[2]) == 1
if not made and ARGV[1] ~= 'create' then
  return {'missing'}
end
if made then
  local type = redis.call('TYPE', KEYS[2]).ok
  if type ~= 'stream' then
    return {'type', type}
  end
end
local known = redis.call('HMGET', KEYS[1], 'shape', 'lanes')
if made and known[1] and known[1] ~= ARGV[2] then
  return {'differs', known[1]}
end
local lanes = made and known[2] or ARGV[3]
if ARGV[1] == 'create' then
  for lane = 0, lanes - 1 do
    local stream = KEYS[2 + lane]
    if redis.call('EXISTS', stream) == 0 then
      redis.call('XGROUP', 'CREATE', stream, 'mq-new', '0', 'MKSTREAM')
      redis.call('XGROUP', 'DESTROY', stream, 'mq-new')
    end
    if ARGV[4] ~= '' then
      redis.pcall('XGROUP', 'CREATE', stream, ARGV[4], '0')
    end
  end
  redis.call('HSET', KEYS[1], 'shape', ARGV[2], 'lanes', lanes, 'retained', ARGV[5])
end
return {'ok', tostring(lanes), made and '0' or '1'}
