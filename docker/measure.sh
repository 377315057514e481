#!/usr/bin/env bash
#
# Runs the image as strictly as it is meant to be run - its own user, a read-only file system without even a /tmp, no
# capabilities, no new privileges - before the demo's MCP server in a second container, and says what that costs. Prints a table in
# Markdown; exit code 1 if anything is not as it has to be.
#
#   docker/measure.sh [TAG]     outrigger:VERSION by default
#
#   ENGINE   docker or podman, with its global options (default: the first that works)
#   RUN      further arguments for its "run", divided by spaces
#   STARTS   how many starts are measured (default 5)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() {
  printf 'measure: %s\n' "$1" >&2
  exit 1
}

read -r -a engine <<<"${ENGINE:-}"
if [ "${#engine[@]}" -eq 0 ]; then
  for candidate in docker podman; do
    if command -v "$candidate" >/dev/null && "$candidate" info >/dev/null 2>&1; then
      engine=("$candidate")
      break
    fi
  done
fi
[ "${#engine[@]}" -gt 0 ] || fail "found neither docker nor podman that works"
command -v curl >/dev/null || fail "curl is missing"
version="$(sed -n 's#^  <version>\(.*\)</version>$#\1#p' pom.xml | head -n 1)"
tag="${1:-outrigger:$version}"
starts="${STARTS:-5}"

# Host networking: what is measured is the image, not an engine's bridge.
strict=(--network host --read-only --cap-drop ALL --security-opt no-new-privileges --memory 256m)
if [ -n "${RUN:-}" ]; then
  read -r -a more <<<"$RUN"
  strict+=("${more[@]}")
fi

work="$(mktemp -d)"
names=("outrigger-measured-$$" "outrigger-measured-server-$$")
clean() {
  "${engine[@]}" rm -f "${names[@]}" >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap clean EXIT

# Four ports that nobody has, no two the same; they stay free as long as it takes.
ports=()
while [ "${#ports[@]}" -lt 4 ]; do
  port=$((20000 + RANDOM % 10000))
  case " ${ports[*]} " in *" $port "*) continue ;; esac
  (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || ports+=("$port")
done
server_port="${ports[0]}" listener_port="${ports[1]}" status_port="${ports[2]}" admin_port="${ports[3]}"
cat >"$work/outrigger.conf" <<CONF
outrigger {
  listeners.inbound.bind = "127.0.0.1:$listener_port"
  upstreams.demo { endpoints = ["127.0.0.1:$server_port"], health-check.type = mcp }
  routes = [{ match { path-prefix = "/mcp" }, upstream = demo }]
  status.bind = "127.0.0.1:$status_port"
  admin.bind = "127.0.0.1:$admin_port"
  lifecycle.drain-timeout = 2s
}
CONF
chmod 755 "$work" && chmod 644 "$work/outrigger.conf"

process() {
  "${engine[@]}" inspect --format '{{.State.Pid}}' "${names[0]}"
}

# A line of /proc/PID/status of the sidecar.
of_process() {
  sed -n "s/^$1:[[:space:]]*//p" "/proc/$(process)/status"
}

# Milliseconds of CPU that the sidecar has used, all threads together: what a start costs, however busy the machine is.
cpu_millis() {
  # Behind the name, which may hold spaces, the 12th and 13th field are ticks in user and kernel mode.
  sed 's/.*) //' "/proc/$(process)/stat" | awk -v hz="$(getconf CLK_TCK)" '{ printf "%d", ($12 + $13) * 1000 / hz }'
}

millis() {
  date +%s%3N
}

# Starts the sidecar; leaves the milliseconds from the engine's command to readiness in $took.
start() {
  local began deadline
  "${engine[@]}" rm -f "${names[0]}" >/dev/null 2>&1 || true
  "${engine[@]}" create --name "${names[0]}" "${strict[@]}" -v "$work/outrigger.conf:/etc/outrigger/outrigger.conf:ro" "$tag" >/dev/null
  began="$(millis)"
  deadline=$((SECONDS + 60))
  "${engine[@]}" start "${names[0]}" >/dev/null
  until curl -fs -m 1 -o /dev/null "http://127.0.0.1:$status_port/ready"; do
    [ "$SECONDS" -lt "$deadline" ] || {
      "${engine[@]}" logs "${names[0]}" >&2
      fail "not ready after 60 s"
    }
  done
  took=$(($(millis) - began))
  cpu="$(cpu_millis)"
}

"${engine[@]}" run -d --name "${names[1]}" "${strict[@]}" "$tag" demo --server "$server_port" >/dev/null

took=0 cpu=0 all=() all_cpu=()
for ((i = 0; i < starts; i++)); do
  start
  all+=("$took")
  all_cpu+=("$cpu")
done
median() {
  printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"
}
least="$(printf '%s\n' "${all[@]}" | sort -n | head -n 1)"

problems=0
# A row; $3 says whether it is as it has to be.
row() {
  printf '| %s | %s |\n' "$1" "$2"
  [ "${3:-0}" -eq 0 ] || problems=$((problems + 1))
}
is() {
  [ "$1" = "$2" ] && echo 0 || echo 1
}

bytes="$("${engine[@]}" image inspect --format '{{.Size}}' "$tag")"
rss_ready="$(of_process VmRSS)"
printf '| %s, %s | |\n|---|---|\n' "$tag" "$(uname -m)"
row "image, unpacked" "$((bytes / 1000000)) MB"
row "image, compressed" "$(($("${engine[@]}" save "$tag" | gzip -c | wc -c) / 1000000)) MB"
row "the engine's start to ready, median of $starts" "$(median "${all[@]}") ms"
row "the engine's start to ready, best of $starts" "$least ms"
row "CPU time until ready, median of $starts" "$(median "${all_cpu[@]}") ms"
row "RSS when ready" "$((${rss_ready%% *} / 1024)) MiB"

passed=0
proxy/src/dist/smoke-test.sh --mcp "http://127.0.0.1:$listener_port/mcp" --status "http://127.0.0.1:$status_port" >"$work/smoke" || passed=1
row "smoke test" "$(tail -n 1 "$work/smoke")" "$passed"
for ((i = 0; i < 2000; i++)); do
  printf 'url = "http://127.0.0.1:%s/mcp"\noutput = "/dev/null"\n' "$listener_port"
done >"$work/calls"
curl -sS -m 120 -X POST -H 'content-type: application/json' -H 'accept: application/json, text/event-stream' \
  -H 'mcp-protocol-version: 2026-07-28' -H 'mcp-method: tools/call' -H 'mcp-name: echo' \
  -d '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"message":"hi"},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}' \
  -K "$work/calls"
rss_busy="$(of_process VmRSS)"
row "RSS after 2,000 calls" "$((${rss_busy%% *} / 1024)) MiB"
row "most RSS ever" "$(($(of_process VmHWM | cut -d ' ' -f 1) / 1024)) MiB"

user="$(of_process Uid | cut -f 1)"
row "user" "$user" "$(is "$user" 1337)"
capabilities="$(of_process CapEff) effective, $(of_process CapBnd) bounding"
row "capabilities" "$capabilities" "$(is "$capabilities" "0000000000000000 effective, 0000000000000000 bounding")"
row "no new privileges" "$(of_process NoNewPrivs)" "$(is "$(of_process NoNewPrivs)" 1)"
root="$(awk '$5 == "/" { split($6, options, ","); print options[1] }' "/proc/$(process)/mountinfo")"
row "root file system" "$root" "$(is "$root" ro)"
began="$(millis)"
well=0
"${engine[@]}" exec "${names[0]}" /opt/outrigger/bin/outrigger check-health --address "127.0.0.1:$status_port" >/dev/null 2>&1 || well=1
row "check-health in the container" "exit code $well, $(($(millis) - began)) ms" "$well"
ill=0
"${engine[@]}" exec "${names[0]}" /opt/outrigger/bin/outrigger check-health --address "127.0.0.1:$admin_port" --path /nothing >/dev/null 2>&1 || ill=$?
row "check-health of what is not well" "exit code $ill" "$(is "$ill" 1)"
shell=0
"${engine[@]}" exec "${names[0]}" /bin/sh -c true >/dev/null 2>&1 || shell=1
row "shell" "$([ "$shell" -eq 1 ] && echo none || echo there)" "$(is "$shell" 1)"
"${engine[@]}" stop -t 20 "${names[0]}" >/dev/null
code="$("${engine[@]}" inspect --format '{{.State.ExitCode}}' "${names[0]}")"
row "exit code after SIGTERM" "$code" "$(is "$code" 0)"

[ "$problems" -eq 0 ] || {
  cat "$work/smoke" >&2
  fail "$problems of these are not as they have to be"
}
