"""What Redis must do in one step and has no command for: in Lua, on its own clock, so that all processes agree about time.

Numbers above 2^53 do not occur: a UNIX time in microseconds stays below it for centuries. `%.0f`, since Lua would write 1.7e+15.
"""

from typing import Final

DELETE_IF: Final = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""
"""KEYS: key. ARGV: value. 1 if it was deleted."""

INCREMENT: Final = """
local count = redis.call('INCRBY', KEYS[1], ARGV[1])
if ARGV[2] ~= '' and redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return count
"""
"""KEYS: key. ARGV: by, life in milliseconds or nothing. The count."""

TOKENS: Final = """
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local cost, depth = tonumber(ARGV[1]), tonumber(ARGV[2])
local full = math.max(now, tonumber(redis.call('GET', KEYS[1]) or 0)) + cost
local wait = full - depth - now
if wait > 0 then return wait end
redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000))
return 0
"""
"""KEYS: key. ARGV: cost and depth of a Draw (control/kv/bucket.py). Microseconds to wait, 0 if granted."""
