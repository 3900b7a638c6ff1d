import { redisScript } from './redis-script.ts';

/**
 * Merges events into one user's hash: field = item id, value = `minutes,rating,ratedAt,time`; `v` = version, `r` = rebuilt.
 * The same join as `joinEntry`, in one step, so that two ingestors cannot lose each other's change.
 * ARGV: how many items are kept, then five numbers an event. The texts of numbers are stored as they come.
 */
export const mergeScript = redisScript(`
local key, max, n = KEYS[1], tonumber(ARGV[1]), tonumber
local heads = redis.call('HMGET', key, 'v', 'r')
local size = redis.call('HLEN', key) - (heads[1] and 1 or 0) - (heads[2] and 1 or 0)
local changes = 0

local function parse(text)
  local m, r, a, t = string.match(text, '^([^,]*),([^,]*),([^,]*),([^,]*)$')
  return { m = m, r = r, a = a, t = t }
end

local function older(time, item, than)
  return time < than.time or (time == than.time and item < than.item)
end

-- All items, oldest first; read once, and only when the oldest one matters. An item whose time rose stands twice: its
-- earlier place is known by the time that is no longer the item's.
local times, line = nil, {}
local function place(field, time)
  local entry, low, high = { field = field, item = n(field), time = time }, 1, #line
  while low <= high do
    local middle = math.floor((low + high) / 2)
    if older(time, entry.item, line[middle]) then high = middle - 1 else low = middle + 1 end
  end
  times[field] = time
  table.insert(line, low, entry)
end

local function load()
  times = {}
  local all = redis.call('HGETALL', key)
  for i = 1, #all, 2 do
    local item = n(all[i])
    if item then
      local time = n(parse(all[i + 1]).t)
      times[all[i]] = time
      line[#line + 1] = { field = all[i], item = item, time = time }
    end
  end
  table.sort(line, function(a, b) return older(a.time, a.item, b) end)
end

local function oldest()
  if not times then load() end
  while times[line[1].field] ~= line[1].time do table.remove(line, 1) end
  return line[1]
end

for i = 2, #ARGV, 5 do
  local item, m, r, a, t = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4]
  local text = redis.call('HGET', key, item)
  local known = text and parse(text)
  local last = nil
  if size >= max and (not known or n(t) < n(known.t)) then last = oldest() end
  if not (last and older(n(t), n(item), last)) then
    local changed = not known
    if known then
      local newer = n(a) > n(known.a) or (n(a) == n(known.a) and n(r) > n(known.r))
      changed = newer or n(m) > n(known.m) or n(t) > n(known.t)
      if not newer then r, a = known.r, known.a end
      if n(m) <= n(known.m) then m = known.m end
      if n(t) <= n(known.t) then t = known.t end
    end
    if changed then
      if not known then
        if last then
          redis.call('HDEL', key, last.field)
          times[last.field] = nil
        else
          size = size + 1
        end
      end
      redis.call('HSET', key, item, m .. ',' .. r .. ',' .. a .. ',' .. t)
      if times and times[item] ~= n(t) then place(item, n(t)) end
      changes = changes + 1
    end
  end
end

if changes > 0 then redis.call('HINCRBY', key, 'v', changes) end
return changes
`);

/** Adds a user to the set of wanted ones, unless it is full. ARGV: most members, the user. */
export const wantScript = redisScript(`
if redis.call('SCARD', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
return redis.call('SADD', KEYS[1], ARGV[2])
`);
