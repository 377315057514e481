#!/usr/bin/env bash
# Side-by-side benchmark: Outrigger and its peers before one stub MCP server, under one load.
# Every figure is measured in this run. See README.md beside this file.
set -Eeuo pipefail
export LC_ALL=C
PATH="$PATH:/usr/local/sbin:/usr/sbin"

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
files="$here/compare"

usage() {
  cat <<'TEXT'
Usage: benchmarks/compare.sh [OPTIONS]
  --quick               3 rounds of 5 s after 8 s of warm-up (under 5 minutes in all)
  --rounds N            measured rounds of each proxy, interleaved (default 5)
  --seconds S           length of a round (default 10)
  --warmup S            warm-up of each proxy, at least 8 to be worth anything (default 15)
  --connections C       keep-alive connections of the load (default 64)
  --peers LIST          of nginx,haproxy,envoy,outrigger (default: all)
  --transport LIST      of auto,epoll,nio,io_uring; one Outrigger for each (default auto)
  --open-loop           then the same at a fixed rate, half of the slowest proxy's maximum (needs a JDK and the
                        benchmarks built: ./mvnw -pl benchmarks -am -DskipTests package)
  --rate R              the open loop's rate in requests/s; implies --open-loop
  --out DIR             where the results are written (default benchmarks/results)
Environment: WRK, NGINX, HAPROXY, ENVOY, OUTRIGGER name the programs when they are not on the PATH;
BENCHMARKS_JAR is the open loop's driver (default benchmarks/target/benchmarks.jar).
Exit status: 0 measured; 1 something failed or answered with errors; 2 wrong usage or a tool is missing.
TEXT
}

say() { printf '%s\n' "$*" >&2; }
usage_error() { say "compare.sh: $*"; usage >&2; exit 2; }

# ---- options ----------------------------------------------------------------------------------------------------

quick=false open_loop=false rate='' rounds='' seconds='' warmup='' connections=64 peers=nginx,haproxy,envoy,outrigger transports=auto
out="$here/results"

parse_options() {
  while (($#)); do
    case $1 in
      --quick) quick=true; shift; continue ;;
      --open-loop) open_loop=true; shift; continue ;;
      -h | --help) usage; exit 0 ;;
      --rounds | --seconds | --warmup | --connections | --peers | --transport | --rate | --out)
        (($# > 1)) || usage_error "$1 needs a value" ;;
      *) usage_error "unknown option: $1" ;;
    esac
    case $1 in
      --rounds) rounds=$2 ;;
      --seconds) seconds=$2 ;;
      --warmup) warmup=$2 ;;
      --connections) connections=$2 ;;
      --peers) peers=$2 ;;
      --transport) transports=$2 ;;
      --rate) rate=$2 open_loop=true ;;
      --out) out=$2 ;;
    esac
    shift 2
  done
  if $quick; then
    : "${rounds:=3}" "${seconds:=5}" "${warmup:=8}"
  else
    : "${rounds:=5}" "${seconds:=10}" "${warmup:=15}"
  fi
  local value
  for value in "$rounds" "$seconds" "$warmup" "$connections" "${rate:-1}"; do
    [[ $value =~ ^[1-9][0-9]{0,5}$ ]] || usage_error "not a positive number: '$value'"
  done
  for value in ${peers//,/ }; do
    [[ $value =~ ^(nginx|haproxy|envoy|outrigger)$ ]] || usage_error "unknown peer: '$value'"
  done
  for value in ${transports//,/ }; do
    [[ $value =~ ^(auto|epoll|nio|io_uring)$ ]] || usage_error "unknown transport: '$value'"
  done
  [[ $peers =~ [a-z] && $transports =~ [a-z] ]] || usage_error "an empty list"
}

# shellcheck source=compare/processes.sh
source "$files/processes.sh"
# shellcheck source=compare/peers.sh
source "$files/peers.sh"

# ---- measuring --------------------------------------------------------------------------------------------------

mode=closed driver_warmup=3

run_load() { # NAME SECONDS: one line of figures in $figures, empty when the load failed
  local -a load
  if [[ $mode == closed ]]; then
    load=("$wrk" -t1 -c"$connections" -d"$2s" --timeout 5s -s "$files/tools-call.lua"
      "http://127.0.0.1:${port_of[$1]}/mcp" -- "$files/tools-call.json")
  else
    load=("$java" -XX:+UseSerialGC -Xms64m -Xmx64m -cp "$driver" dev.outrigger.load.LoadDriver
      --port "${port_of[$1]}" --connections "$connections" --rate "$rate" --warm-up "$driver_warmup" --seconds "$2"
      --body "$files/tools-call.json")
  fi
  "${load[@]}" >"$scratch/load" 2>&1 </dev/null &
  load_pid=$!
  wait "$load_pid" || true
  load_pid=''
  figures=$(awk '$1 == "RESULT" { sub(/^RESULT /, ""); print }' "$scratch/load")
  if [[ ! $figures ]]; then tail -n 5 "$scratch/load" >&2; fi
}

warm_up() {
  local name
  for name in "${rows[@]}"; do
    say "warm-up: ${label_of[$name]}, $warmup s"
    run_load "$name" "$warmup"
  done
}

measure() { # NAME ROUND
  local name=$1 id=${session_of[$1]:-} ticks=0 host own begin problem=''
  if [[ $id ]]; then ticks=$(session_ticks "$id"); fi
  begin=${EPOCHREALTIME//./}
  host=$(host_ticks)
  own=$(own_ticks "${sessions[@]}")
  run_load "$name" "$seconds"
  own=$(($(own_ticks "${sessions[@]}") - own))
  host=$(($(host_ticks) - host))
  local window_us=$((${EPOCHREALTIME//./} - begin))
  if [[ $id ]]; then
    ticks=$(($(session_ticks "$id") - ticks))
    if ! is_alive "$id"; then problem='the proxy ended'; fi
  fi
  if [[ ! $figures ]]; then
    problem=${problem:-'the load failed'}
    figures='0 0 0 0 0 0 0 0 0 0 0 0'
  elif [[ ! $problem ]] && ! is_right "${port_of[$name]}"; then
    problem='a wrong answer after the round'
  fi
  printf '%s\t%d\t%s\t%d\t%d\t%d\t%s\n' "$name" "$2" "${figures// /$'\t'}" "$ticks" "$((host - own))" "$window_us" \
    "$problem" >>"$scratch/rounds-$mode.tsv"
  awk -v name="${label_of[$name]}" -v round="$2" -v f="$figures" -v problem="$problem" 'BEGIN {
    split(f, v, " "); errors = v[7] + v[8] + v[9] + v[10] + v[11]
    printf "round %d: %-28s %9.0f requests/s%s%s\n", round, name, v[2] ? v[1] * 1e6 / v[2] : 0,
      errors ? ", ERRORS: " errors : "", problem ? ", " problem : "" }' >&2
}

measure_all() {
  local name round
  for ((round = 1; round <= rounds; round++)); do
    for name in "${rows[@]}"; do measure "$name" "$round"; done
  done
}

half_of_the_slowest() { # the median of its clean rounds, over two
  awk -f "$files/statistics.awk" -f /dev/fd/3 "$scratch/run.tsv" "$scratch/rows.tsv" \
    "$scratch/missing.txt" "$scratch/rounds-closed.tsv" 3<<'AWK'
END {
  for (i = 1; i <= row_count; i++) {
    x = name[i] == "direct" ? "" : median(name[i], "rps")
    if (x != "" && (slowest == "" || x < slowest)) slowest = x
  }
  if (slowest != "") printf "%d", slowest / 2
}
AWK
}

# ---- the report -------------------------------------------------------------------------------------------------

describe_run() { # KEY<tab>VALUE lines
  local commit generator
  generator=$("$wrk" -v 2>&1 | awk 'NR == 1 { print $1, $2 ", 1 thread" }') || true # it ends with 1
  if [[ $mode == open ]]; then generator="LoadDriver after $driver_warmup s of its own warm-up, 1 thread"; fi
  commit=$(git -C "$root" rev-parse --short HEAD 2>/dev/null) || commit=uncommitted
  if [[ $commit != uncommitted && $(git -C "$root" --no-optional-locks status --porcelain 2>/dev/null) ]]; then
    commit+=-dirty
  fi
  printf '%s\t%s\n' \
    mode "$mode" \
    rate "${rate:-0}" \
    date "$(date -u +%Y-%m-%dT%H:%M:%SZ)" \
    commit "$commit" \
    rounds "$rounds" \
    seconds "$seconds" \
    warmup "$warmup" \
    connections "$connections" \
    cpu "$(awk -F': *' '/^model name/ { print $2; exit }' /proc/cpuinfo)" \
    cores "$(getconf _NPROCESSORS_ONLN)" \
    memory_mb "$(awk '$1 == "MemTotal:" { printf "%d", $2 * 1024 / 1e6 }' /proc/meminfo)" \
    kernel "$(uname -sr)" \
    load_generator "$generator" \
    stub "nginx $nginx_version" \
    clock_ticks "$(getconf CLK_TCK)"
}

collect() { # what the report needs beside the rounds
  local name memory
  describe_run >"$scratch/run.tsv"
  for name in "${rows[@]}"; do
    memory='0 0'
    if [[ ${session_of[$name]:-} ]]; then memory=$(session_memory "${session_of[$name]}"); fi
    printf '%s\t%s\t%s\t%s\n' "$name" "${label_of[$name]}" "${version_of[$name]}" "${memory/ /$'\t'}"
  done >"$scratch/rows.tsv"
  printf '%s\n' ${missing[@]+"${missing[@]}"} >"$scratch/missing.txt"
}

report() {
  local format base
  collect
  base="$out/compare-$(date -u +%Y%m%d-%H%M%S)-$(awk -F'\t' '$1 == "commit" { print $2 }' "$scratch/run.tsv")"
  if [[ $mode == open ]]; then base+=-open; fi
  for format in md json; do
    awk -f "$files/statistics.awk" -f "$files/report-$format.awk" "$scratch/run.tsv" "$scratch/rows.tsv" \
      "$scratch/missing.txt" "$scratch/rounds-$mode.tsv" >"$scratch/report.$format"
  done
  cat "$scratch/report.md" >"$base.md"
  cat "$scratch/report.json" >"$base.json"
  cat "$base.md"
  say "written: $base.md and .json"
  if awk -F'\t' '$NF != "" || $9 + $10 + $11 + $12 + $13 > 0 { bad = 1 } END { exit !bad }' "$scratch/rounds-$mode.tsv"; then
    failed=true
  fi
}

find_driver() {
  java="${JAVA_HOME:+$JAVA_HOME/bin/}java" driver=${BENCHMARKS_JAR:-$here/target/benchmarks.jar}
  require "$java" "it runs the open loop's driver (JAVA_HOME or PATH)"
  if [[ ! -e ${driver%%:*} ]]; then
    say "compare.sh: the open loop's driver is not built: ./mvnw -pl benchmarks -am -DskipTests package"
    exit 2
  fi
}

run_open_loop() {
  if [[ ! $rate ]]; then rate=$(half_of_the_slowest); fi
  if [[ ! $rate ]]; then
    say "no open loop: no proxy has a clean round to take the rate from"
    failed=true
    return 0
  fi
  mode=open
  say "open loop at $rate requests/s"
  measure_all
  report
}

require() { # PROGRAM ADVICE
  type -P "$1" >/dev/null || { say "compare.sh: $1 is needed: $2"; exit 2; }
}

main() {
  parse_options "$@"
  wrk=${WRK:-wrk} nginx=${NGINX:-nginx}
  [[ -r /proc/self/stat ]] || { say "compare.sh: needs Linux (/proc)"; exit 2; }
  require "$wrk" "apt-get install wrk, or https://github.com/wg/wrk"
  require "$nginx" "it is the stub server and the reference (apt-get install nginx-light, 1.19.5 or later)"
  require setsid "part of util-linux"
  require timeout "part of coreutils"
  if $open_loop; then find_driver; fi
  mkdir -p "$out"
  trap clean_up EXIT
  trap 'say "compare.sh: line $LINENO failed: $BASH_COMMAND"' ERR
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  scratch=$(mktemp -d "${TMPDIR:-/tmp}/outrigger-compare.XXXXXX")
  answer=$(<"$files/answer.json")
  token="stub-$$-$RANDOM$RANDOM"
  nginx_version=$("$nginx" -v 2>&1 | awk -F/ '{ print $2; exit }')
  collect_foreign_settings

  start_stub
  local peer name
  for peer in nginx haproxy envoy outrigger; do # everything is up before anything is measured
    if [[ ",$peers," == *",$peer,"* ]]; then add_"$peer"; fi
  done
  warm_up
  for name in "${rows[@]}"; do
    if [[ $name == outrigger-* ]]; then describe_outrigger "$name"; fi
  done
  measure_all
  report
  if $open_loop; then run_open_loop; fi
  if $failed; then exit 1; fi
}

main "$@"
