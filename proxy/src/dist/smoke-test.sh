#!/usr/bin/env bash
#
# Asks a running sidecar whether it does what it is there for: lives, is ready, reaches its MCP servers, answers an MCP client,
# counts what it answered. Prints a line per check, with what was expected where one failed; exit code 0 if all hold, 1 if
# one does not, 2 for wrong usage. Changes nothing: it makes a session and ends it.
#
#   smoke-test.sh [OPTIONS]
#     --mcp URL           the MCP endpoint through the sidecar (default http://127.0.0.1:15006/mcp)
#     --status URL        the status port (default http://127.0.0.1:9465)
#     --token-file FILE   the token that /metrics asks for
#     -H, --header TEXT   a header for the MCP endpoint, as "Authorization: Bearer …"; several times if need be. @FILE stands for
#                         the lines of a file, as this script's own arguments are everybody's to read
#     --cacert FILE       what the sidecar's certificate has to lead to
#     --timeout SECONDS   for each question (default 10)
#
# Needs bash and curl.
set -uo pipefail

readonly LEGACY=2025-06-18 MODERN=2026-07-28
mcp=http://127.0.0.1:15006/mcp
status=http://127.0.0.1:9465
timeout=10
token_file="" headers=() curl_options=()

usage() {
  printf 'smoke-test: %s\n' "$1" >&2
  sed -n '/^#   smoke-test.sh/,/^# Needs/p' "${BASH_SOURCE[0]}" | sed 's/^# \{0,1\}//' >&2
  exit 2
}

while [ "$#" -gt 0 ]; do
  [ "$#" -ge 2 ] || usage "$1 without a value, or unknown"
  case "$1" in
    --mcp) mcp="$2" ;;
    --status) status="${2%/}" ;;
    --token-file) token_file="$2" ;;
    -H | --header) headers+=("$2") ;;
    --cacert) curl_options+=(--cacert "$2") ;;
    --timeout) timeout="$2" ;;
    *) usage "$1 is unknown" ;;
  esac
  shift 2
done
case "$timeout" in '' | *[!0-9]* | 0) usage "--timeout $timeout, expected seconds" ;; esac
case "$mcp$status" in http*http*) ;; *) usage "--mcp $mcp --status $status, expected URLs" ;; esac
[ -z "$token_file" ] || [ -r "$token_file" ] || usage "--token-file $token_file can not be read"
for one in ${headers[@]+"${headers[@]}"}; do
  [[ "$one" != @* || -r "${one#@}" ]] || usage "--header $one can not be read"
done
command -v curl >/dev/null || usage "curl is missing"

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
# From a file, since arguments are everybody's to read.
for one in ${headers[@]+"${headers[@]}"}; do
  case "$one" in @*) printf '%s\n' "$(cat "${one#@}")" ;; *) printf '%s\n' "$one" ;; esac
done >"$work/headers"
number=0 failed=0 code="" body="" problem=""

ok() {
  number=$((number + 1))
  printf 'ok %d - %s\n' "$number" "$1"
}

# Says what is wrong ($2) and where to look ($3).
not_ok() {
  number=$((number + 1))
  failed=$((failed + 1))
  printf 'not ok %d - %s\n' "$number" "$1"
  printf '%s\n' "$2" "$3" | sed '/^$/d; s/^/    /' | cut -c -400
}

# Asks, and leaves code (000 without an answer), body and problem; arguments go to curl.
ask() {
  problem=""
  : >"$work/body"
  code="$(curl -sS -m "$timeout" ${curl_options[@]+"${curl_options[@]}"} -o "$work/body" -D "$work/head" -w '%{http_code}' \
    "$@" 2>"$work/problem")" || problem="$(head -n 1 "$work/problem")"
  body="$(tr -d '\r' <"$work/body")"
}

# What was answered, for people.
answer() {
  if [ -n "$problem" ]; then
    printf '%s' "$problem"
  else
    printf '%s %s' "$code" "$(printf '%s' "$body" | head -n 3 | cut -c -300)"
  fi
}

# A value of a header of the last answer.
header() {
  tr -d '\r' <"$work/head" | sed -n "s/^$1: *//Ip" | tail -n 1
}

# Asks the status port for $1 and wants 200; $2 says what it means, $3 what to do.
wants_200() {
  ask "$status$1"
  if [ "$code" = 200 ]; then
    ok "$2"
  else
    not_ok "$2" "GET $status$1: $(answer)" "$3"
  fi
}

metrics() {
  if [ -n "$token_file" ]; then
    printf 'header = "Authorization: Bearer %s"\n' "$(cat "$token_file")" >"$work/token"
    ask -K "$work/token" "$status/metrics"
  else
    ask "$status/metrics"
  fi
}

# How many operations of MCP's method $1 the last scrape counts.
operations() {
  printf '%s\n' "$body" | awk -v method="mcp_method_name=\"$1\"" '
    /^mcp_server_operation_duration_seconds_count\{/ && index($0, method) { sum += $NF }
    END { printf "%d", sum }'
}

# Sends a JSON-RPC message to the MCP endpoint; further arguments go to curl.
send() {
  local message="$1"
  shift
  ask -X POST "$mcp" -H 'content-type: application/json' -H 'accept: application/json, text/event-stream' \
    -H @"$work/headers" "$@" --data-binary "$message"
}

# Whether the last answer, JSON or an event stream, holds a result.
has_result() {
  [ "$code" = 200 ] && printf '%s' "$body" | grep -q '"result" *:'
}

printf 'sidecar: %s, MCP endpoint: %s\n' "$status" "$mcp"

wants_200 /live "the sidecar lives" \
  "Nothing may listen there: look at the sidecar's log, and at status.bind of its configuration."
if [ "$code" = 000 ]; then
  printf '%d of %d checks failed; the others make no sense without a sidecar\n' "$failed" "$number"
  exit 1
fi
wants_200 /ready "it is ready" \
  "It starts, drains, or more than half of its upstreams are unavailable: see the next check."
wants_200 /health/mcp "its MCP servers are there" \
  "The answer names each upstream and why it is unavailable; are the servers running where the configuration says?"
if [ "$code" = 200 ] && printf '%s' "$body" | grep -q '"disconnected"'; then
  printf '    but not all of them: %s\n' "$(printf '%s' "$body" | cut -c -300)"
fi

metrics
before=0 scraped=no
if [ "$code" = 200 ] && printf '%s' "$body" | grep -q '^outrigger_build_info{'; then
  ok "it has metrics"
  scraped=yes
else
  not_ok "it has metrics" "GET $status/metrics: $(answer), expected a line that begins with outrigger_build_info" \
    "$([ "$code" != 401 ] || echo 'Give the token of telemetry.prometheus by --token-file.')"
fi
method=initialize
before="$(operations initialize)"
before_modern="$(operations server/discover)"

send '{"jsonrpc":"2.0","id":"smoke-1","method":"initialize","params":{"protocolVersion":"'"$LEGACY"'","capabilities":{},"clientInfo":{"name":"smoke-test","version":"1"}}}'
session="$(header mcp-session-id)"
if ! has_result && [ "$code" != 000 ] && [ "$code" -lt 500 ]; then
  # Servers of the new era alone know no initialize.
  method=server/discover before="$before_modern"
  send '{"jsonrpc":"2.0","id":"smoke-1","method":"server/discover","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"'"$MODERN"'","io.modelcontextprotocol/clientCapabilities":{}}}}' \
    -H "mcp-protocol-version: $MODERN" -H 'mcp-method: server/discover'
fi
if has_result && printf '%s' "$body" | grep -q '"id" *: *"smoke-1"'; then
  ok "an MCP client gets an answer ($method)"
  answered=yes
else
  not_ok "an MCP client gets an answer" "POST $mcp, method $method: $(answer), expected 200 with a result for id smoke-1" \
    "Codes 10001 to 10009 are the sidecar's own, and data.reason says which; others are the server's. 401 and 403 ask for --header."
  answered=no
fi
if [ -n "$session" ]; then
  ask -X DELETE "$mcp" -H "mcp-session-id: $session" -H "mcp-protocol-version: $LEGACY" -H @"$work/headers"
fi

if [ "$answered" = yes ] && [ "$scraped" = yes ]; then
  # Counted when the answer is over, which may be a moment after the client has it.
  for ((try = 0; try < 20; try++)); do
    metrics
    after="$(operations "$method")"
    [ "$after" -le "$before" ] || break
    read -r -t 0.1 <> <(:) || true
  done
  if [ "$after" -gt "$before" ]; then
    ok "and the sidecar counts it"
  else
    not_ok "and the sidecar counts it" "mcp_server_operation_duration_seconds_count of $method is $after, as before" \
      "Does $mcp lead through the sidecar of $status? Is telemetry.prometheus.enabled?"
  fi
fi

if [ "$failed" -gt 0 ]; then
  printf '%d of %d checks failed\n' "$failed" "$number"
  exit 1
fi
printf 'all %d checks passed\n' "$number"
