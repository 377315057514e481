-- The load of compare.sh: one tools/call, the same bytes every time, so that wrk builds the request once.
-- Argument after "--": the file of the request body.

function init(args)
  local file = assert(io.open(args[1], "rb"))
  wrk.body = file:read("*a"):gsub("%s+$", "")
  file:close()
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  wrk.headers["Accept"] = "application/json, text/event-stream"
  wrk.headers["MCP-Protocol-Version"] = "2025-11-25"
  wrk.headers["Mcp-Session-Id"] = "3f1c9a52-7d0e-4a86-9b1e-5c2f8e6d4a07"
end

-- requests, duration, p50, p99, p99.9, maximum (all microseconds), the five kinds of error, requests with the warm-up's.
function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    "RESULT %d %d %d %d %d %d %d %d %d %d %d %d\n",
    summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9), latency.max,
    e.connect, e.read, e.write, e.status, e.timeout, summary.requests))
end
