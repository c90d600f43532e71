-- What wrk asks for: the addresses of the file PATHS in turn, for as long as wrk is told to run, or, with ONCE=1, each
-- once. Prints a JSON object about it, named NAME. One thread only, so that there is one turn.

local ffi = require("ffi")
ffi.cdef("int getpid(void); int kill(int, int);")

local paths, at, once = {}, 0, os.getenv("ONCE") == "1"

function init()
  for line in io.lines(os.getenv("PATHS")) do
    paths[#paths + 1] = wrk.format("GET", line)
  end
end

function request()
  if at == #paths then
    if once then
      -- wrk itself sleeps for its whole duration unless it is interrupted.
      wrk.thread:stop()
      ffi.C.kill(ffi.C.getpid(), 2)
    else
      at = 0
    end
  end
  at = at % #paths + 1
  return paths[at]
end

function done(summary, latency)
  local errors = summary.errors
  local wrong = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  local seconds = summary.duration / 1e6
  local line = '{"what":"load test","name":"%s","connections":%d,"requests":%d,"seconds":%f,"rate":%f,"bytes":%d,'
    .. '"p50":%f,"p99":%f,"most":%f,"errors":%d}\n'
  io.write(string.format(
    line,
    os.getenv("NAME"),
    tonumber(os.getenv("CONNECTIONS")),
    summary.requests,
    seconds,
    summary.requests / seconds,
    summary.bytes,
    latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3,
    latency.max / 1e3,
    wrong
  ))
end
