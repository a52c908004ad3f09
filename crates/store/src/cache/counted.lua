-- Takes from all the counters named in KEYS, or from none when one does not allow it.
-- ARGV: now in milliseconds; 1 to ask the counters or 0 to count in any case; the largest count; then
-- quota, window in milliseconds and cost of each counter.
-- Gives 1 or 0 for whether it was counted, then previous, current and elapsed milliseconds of each.
local now = tonumber(ARGV[1])
local asks = ARGV[2] == '1'
local count_max = tonumber(ARGV[3])
local counted = 1
local slots = {}
for at, key in ipairs(KEYS) do
  local quota = tonumber(ARGV[3 * at + 1])
  local length = tonumber(ARGV[3 * at + 2])
  local cost = tonumber(ARGV[3 * at + 3])
  local elapsed = now % length
  local window = (now - elapsed) / length
  local kept = redis.call('HMGET', key, 'w', 'p', 'c')
  local previous, current = 0, 0
  if kept[1] then
    local former = tonumber(kept[1])
    if window <= former then
      if window < former then
        window, elapsed = former, 0
      end
      previous, current = tonumber(kept[2]), tonumber(kept[3])
    elseif window == former + 1 then
      previous = tonumber(kept[3])
    end
  end
  if asks and previous * (length - elapsed) + (current + cost) * length > quota * length then
    counted = 0
  end
  slots[at] = { window, previous, current, elapsed, cost, length }
end
local reply = { counted }
for at, key in ipairs(KEYS) do
  local window, previous, current, elapsed, cost, length = unpack(slots[at])
  if counted == 1 then
    current = math.min(current + cost, count_max)
    redis.call('HSET', key, 'w', string.format('%.0f', window), 'p', string.format('%.0f', previous),
      'c', string.format('%.0f', current))
    -- Two windows, and a minute for clocks that differ.
    redis.call('PEXPIRE', key, string.format('%.0f', 2 * length + 60000))
  end
  reply[#reply + 1] = previous
  reply[#reply + 1] = current
  reply[#reply + 1] = elapsed
end
return reply
