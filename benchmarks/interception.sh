#!/usr/bin/env bash
# What interception adds: many clients through redirect rules, through the same sidecar as an explicit proxy, and without one,
# in networks of their own. Every figure is measured in this run. See README.md beside this file.
set -Eeuo pipefail
export LC_ALL=C
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
files="$here/compare"

usage() {
  cat <<'TEXT'
Usage: benchmarks/interception.sh [OPTIONS]
  --connections C       keep-alive connections of the load (default 1000)
  --rate R              requests/s of the open loop (default 2000)
  --rounds N            measured rounds of each way, interleaved (default 3)
  --seconds S           length of a round (default 10)
  --warmup S            warm-up of each way (default 10)
  --transport T         auto, epoll or io_uring (default auto)
  --out DIR             where the results are written (default benchmarks/results)
Needs root (network namespaces), iptables, nginx, and the benchmarks built: ./mvnw -pl benchmarks -am -DskipTests package
Environment: NGINX, OUTRIGGER name the programs when they are not on the PATH; BENCHMARKS_JAR is the load's driver.
Exit status: 0 measured, no request failed; 1 something failed; 2 wrong usage or a tool is missing.
TEXT
}

say() { printf '%s\n' "$*" >&2; }
usage_error() { say "interception.sh: $*"; usage >&2; exit 2; }

connections=1000 rate=2000 rounds=3 seconds=10 warmup=10 transport=auto out="$here/results"

parse_options() {
  while (($#)); do
    case $1 in
      -h | --help) usage; exit 0 ;;
      --connections | --rate | --rounds | --seconds | --warmup | --transport | --out)
        (($# > 1)) || usage_error "$1 needs a value" ;;
      *) usage_error "unknown option: $1" ;;
    esac
    printf -v "${1#--}" %s "$2"
    shift 2
  done
  local value
  for value in "$connections" "$rate" "$rounds" "$seconds" "$warmup"; do
    [[ $value =~ ^[1-9][0-9]{0,5}$ ]] || usage_error "not a positive number: '$value'"
  done
  [[ $transport =~ ^(auto|epoll|io_uring)$ ]] || usage_error "unknown transport: '$transport'"
}

# shellcheck source=compare/processes.sh
source "$files/processes.sh"
# shellcheck source=compare/peers.sh
source "$files/peers.sh"

# ---- two networks, a server and a sidecar -------------------------------------------------------------------------

# 192.0.2.0/24 is for documents: nobody's network, and seen by these two only.
readonly client_address=192.0.2.129 pod_address=192.0.2.130
client="og-load-$$" pod="og-pod-$$"

leave() {
  local status=$?
  set +e
  ip netns del "$client" 2>/dev/null
  ip netns del "$pod" 2>/dev/null
  (exit "$status")
  clean_up
}

make_networks() {
  ip netns add "$client"
  ip netns add "$pod"
  ip link add name og0 netns "$client" type veth peer name og0 netns "$pod"
  ip -n "$client" address add "$client_address/30" dev og0
  ip -n "$pod" address add "$pod_address/30" dev og0
  local network
  for network in "$client" "$pod"; do
    ip -n "$network" link set lo up
    ip -n "$network" link set og0 up
  done
  call_within=(ip netns exec "$client")
  call_address=$pod_address
}

start_server() { # the stub of compare.sh on two ports: one is intercepted, the other is not
  begin_row stub
  stub_port=$port
  take_port
  direct_port=$port
  fill_in stub.conf.in stub
  sed -i "s/listen 127.0.0.1:$stub_port \(.*\);/listen $stub_port \1; listen $direct_port \1;/" "$scratch/stub/stub.conf"
  start stub ip netns exec "$pod" "$nginx" -e "$scratch/stub/error.log" -p "$scratch/stub/" -c "$scratch/stub/stub.conf"
  wait_until_ready stub "$session" "$direct_port" 10
  rows=()
  add_row direct 'direct (no proxy)' ''
}

start_sidecar() {
  local program status_port admin_port kept=+dac_read_search
  program=$(type -P "${OUTRIGGER:-$root/outrigger}") || { say "interception.sh: no launcher in this checkout"; exit 2; }
  begin_row outrigger
  explicit_port=$port
  take_port && admin_port=$port
  take_port && status_port=$port
  metrics_port=$status_port
  port=$explicit_port
  fill_in interception.conf.in outrigger
  mv "$scratch/outrigger/interception.conf" "$scratch/outrigger/outrigger.conf"
  chmod a+rx "$scratch" "$scratch/outrigger" # for the user that the sidecar runs as
  check_outrigger outrigger "$program" || exit 1
  ip netns exec "$pod" "$program" init-interception --no-outbound --inbound-ports "$stub_port" --validate >&2
  start outrigger "${clean_env[@]}" ip netns exec "$pod" setpriv --reuid=1337 --regid=1337 --clear-groups \
    "--inh-caps=$kept" "--ambient-caps=$kept" "$program" run -c "$scratch/outrigger/outrigger.conf"
  wait_until_ready outrigger "$session" "$stub_port" 60
  port=$explicit_port
  add_row explicit 'explicit proxy' ''
  port=$stub_port
  add_row intercepted 'intercepted' ''
}

# ---- measuring ----------------------------------------------------------------------------------------------------

declare -A sent=()

run_load() { # WAY SECONDS: one line of figures in $figures, empty when the load failed
  local path=/mcp
  if [[ $1 == explicit ]]; then path=/explicit; fi
  ip netns exec "$client" "$java" -XX:+UseSerialGC -Xms64m -Xmx128m -cp "$driver" dev.outrigger.load.LoadDriver \
    --host "$pod_address" --port "${port_of[$1]}" --path "$path" --connections "$connections" --rate "$rate" --warm-up 3 \
    --seconds "$2" --body "$files/tools-call.json" >"$scratch/load" 2>&1 </dev/null &
  load_pid=$!
  wait "$load_pid" || true
  load_pid=''
  figures=$(awk '$1 == "RESULT" { sub(/^RESULT /, ""); print }' "$scratch/load")
  if [[ ! $figures ]]; then tail -n 5 "$scratch/load" >&2; fi
  sent[$1]=$((${sent[$1]:-0} + ${figures##* }))
}

measure() { # WAY ROUND
  local problem=''
  run_load "$1" "$seconds"
  if [[ ! $figures ]]; then
    problem='the load failed'
    figures='0 0 0 0 0 0 0 0 0 0 0 0'
  fi
  printf '%s\t%d\t%s\t0\t0\t1\t%s\n' "$1" "$2" "${figures// /$'\t'}" "$problem" >>"$scratch/rounds.tsv"
  say "round $2: ${label_of[$1]}: $figures $problem"
}

# Exchanges that the sidecar has counted for an upstream, by a look at its metrics.
counted() { # UPSTREAM
  ip netns exec "$pod" bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1"
    printf "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" >&3
    cat <&3' counted "$metrics_port" | tr -d '\r' |
    awk -v label="server=\"$1\"" '/^mcp_query_duration_seconds_count/ && index($0, label) { sum += $NF } END { printf "%d", sum }'
}

report() {
  local commit base name
  commit=$(git -C "$root" rev-parse --short HEAD 2>/dev/null) || commit=uncommitted
  if [[ $commit != uncommitted && $(git -C "$root" --no-optional-locks status --porcelain 2>/dev/null) ]]; then
    commit+=-dirty
  fi
  printf '%s\t%s\n' date "$(date -u +%Y-%m-%dT%H:%M:%SZ)" commit "$commit" connections "$connections" rate "$rate" \
    rounds "$rounds" seconds "$seconds" clock_ticks 100 cores "$(getconf _NPROCESSORS_ONLN)" kernel "$(uname -sr)" \
    cpu "$(awk -F': *' '/^model name/ { print $2; exit }' /proc/cpuinfo)" load_before "$load_before" \
    sent_intercepted "${sent[intercepted]}" counted_intercepted "$((counted_intercepted = $(counted original) - counted_before))" \
    sent_explicit "${sent[explicit]}" counted_explicit "$((counted_explicit = $(counted app)))" >"$scratch/run.tsv"
  for name in "${rows[@]}"; do printf '%s\t%s\t\t0\t0\n' "$name" "${label_of[$name]}"; done >"$scratch/rows.tsv"
  echo >"$scratch/missing.txt"
  base="$out/interception-$(date -u +%Y%m%d-%H%M%S)-$commit"
  local -a inputs=("$scratch/run.tsv" "$scratch/rows.tsv" "$scratch/missing.txt" "$scratch/rounds.tsv")
  awk -f "$files/statistics.awk" -f "$files/interception.awk" "${inputs[@]}" >"$base.md"
  awk -v json=1 -f "$files/statistics.awk" -f "$files/interception.awk" "${inputs[@]}" >"$base.json"
  cat "$base.md"
  say "written: $base.md and .json"
}

require() { # PROGRAM ADVICE
  type -P "$1" >/dev/null || { say "interception.sh: $1 is needed: $2"; exit 2; }
}

main() {
  parse_options "$@"
  nginx=${NGINX:-nginx} java="${JAVA_HOME:+$JAVA_HOME/bin/}java" driver=${BENCHMARKS_JAR:-$here/target/benchmarks.jar}
  ((EUID == 0)) || { say "interception.sh: needs root for network namespaces"; exit 2; }
  require "$nginx" "it is the server (apt-get install nginx-light)"
  require ip "part of iproute2"
  require iptables "apt-get install iptables"
  require setpriv "part of util-linux"
  require "$java" "it runs the load's driver (JAVA_HOME or PATH)"
  [[ -e ${driver%%:*} ]] || { say "interception.sh: the driver is not built: ./mvnw -pl benchmarks -am -DskipTests package"; exit 2; }
  mkdir -p "$out"
  trap leave EXIT
  trap 'say "interception.sh: line $LINENO failed: $BASH_COMMAND"' ERR
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  ulimit -n "$(ulimit -Hn)"
  scratch=$(mktemp -d "${TMPDIR:-/tmp}/outrigger-interception.XXXXXX")
  answer=$(<"$files/answer.json")
  token="stub-$$-$RANDOM$RANDOM"
  load_before=$(cut -d' ' -f1-3 /proc/loadavg)
  collect_foreign_settings
  make_networks
  start_server
  start_sidecar
  local name round counted_before counted_intercepted counted_explicit
  counted_before=$(counted original) # what has looked whether it is ready
  for name in "${rows[@]}"; do
    say "warm-up: ${label_of[$name]}, $warmup s"
    run_load "$name" "$warmup"
    [[ $figures ]] || exit 1
  done
  for ((round = 1; round <= rounds; round++)); do
    for name in "${rows[@]}"; do measure "$name" "$round"; done
  done
  report
  # The sidecar refuses with 200 and an error in it, and counts no answer of the server.
  ((counted_intercepted == sent[intercepted] && counted_explicit == sent[explicit])) || { say "not all had an answer of the server"; exit 1; }
  ! awk -F'\t' '$NF != "" || $9 + $10 + $11 + $12 + $13 > 0 { bad = 1 } END { exit !bad }' "$scratch/rounds.tsv" || exit 1
}

main "$@"
