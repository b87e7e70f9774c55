-- What wrk sends: the lines of the file BODIES in turn, with the headers in HEADERS; what it found goes out as JSON.
local bodies, headers, turn, threads = {}, {}, 0, {}
wrong = 0
local refused = os.getenv("REFUSED")
if refused == "" then
  refused = nil
end

for line in io.lines(os.getenv("BODIES")) do
  bodies[#bodies + 1] = line
end
for line in io.lines(os.getenv("HEADERS")) do
  local name, value = line:match("^(.-): (.*)$")
  headers[name] = value
end

function request()
  turn = turn % #bodies + 1
  return wrk.format("POST", "/graphql", headers, bodies[turn])
end

function setup(thread)
  threads[#threads + 1] = thread
end

function response(status, _, body)
  -- Only a list of errors ends an answer so; without them it ends in the braces of its data.
  if status ~= 200 or body:sub(-2) == "]}" or (refused and body:find(refused, 1, true)) then
    wrong = wrong + 1
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.stderr:write(string.format(
    '{"requests":%d,"errors":%d,"microseconds":%d,"p50":%f,"p99":%f}\n',
    summary.requests, errors.connect + errors.read + errors.write + errors.timeout + threads[1]:get("wrong"),
    summary.duration, latency:percentile(50), latency:percentile(99)))
end
