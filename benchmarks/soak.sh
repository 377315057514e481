#!/usr/bin/env bash
# A long run: many clients, mixed calls, one fault every 20 s; what fails, for how long, and whether the counts agree.
# Every figure is measured in this run. See README.md beside this file.
set -Eeuo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
files="$here/compare"

usage() {
  cat <<'TEXT'
Usage: benchmarks/soak.sh [OPTIONS]
  --minutes N           of load (default 10)
  --clients N           at once (default 1000)
  --every S             seconds from one fault to the next, at least 8 (default 20)
  --out DIR             where the results are written (default benchmarks/results)
Needs the benchmarks built: ./mvnw -pl benchmarks -am -DskipTests package
Environment: OUTRIGGER is the launcher (default ./outrigger), BENCHMARKS_JAR the driver (default
benchmarks/target/benchmarks.jar), JAVA_HOME the JDK of the driver and the replicas.
Exit status: 0 measured; 1 a client was left hanging, counts differ, or something failed; 2 wrong usage or a tool is missing.
TEXT
}

say() { printf '%s\n' "$*" >&2; }
usage_error() { say "soak.sh: $*"; usage >&2; exit 2; }

minutes=10 clients=1000 every=20 out="$here/results" driver=${BENCHMARKS_JAR:-$here/target/benchmarks.jar}
launcher=${OUTRIGGER:-$root/outrigger}

parse_options() {
  while (($#)); do
    case $1 in
      -h | --help) usage; exit 0 ;;
      --minutes | --clients | --every | --out) (($# > 1)) || usage_error "$1 needs a value" ;;
      *) usage_error "unknown option: $1" ;;
    esac
    case $1 in
      --minutes) minutes=$2 ;;
      --clients) clients=$2 ;;
      --every) every=$2 ;;
      --out) out=$2 ;;
    esac
    shift 2
  done
  local value
  for value in "$minutes" "$clients" "$every"; do
    [[ $value =~ ^[1-9][0-9]{0,5}$ ]] || usage_error "not a positive number: '$value'"
  done
  ((every >= 8)) || usage_error "--every is shorter than the faults"
}

scratch='' load_pid=''

clean_up() {
  local status=$?
  trap - EXIT
  trap '' INT TERM HUP
  if [[ $load_pid ]]; then # the driver ends the sidecar and the replicas with itself
    kill "$load_pid" 2>/dev/null || true
    wait "$load_pid" 2>/dev/null || true
  fi
  if [[ $scratch ]]; then rm -rf -- "$scratch"; fi
  exit "$status"
}

# Each client is a connection here, and there and onwards in the sidecar.
raise_limit() {
  local wanted=$((clients * 4 + 1024)) limit
  limit=$(ulimit -n)
  if [[ $limit == unlimited ]] || ((limit >= wanted)); then return 0; fi
  ulimit -n "$wanted" 2>/dev/null || ulimit -n "$(ulimit -Hn)" 2>/dev/null || true
  limit=$(ulimit -n)
  ((limit >= wanted)) || say "soak.sh: only $limit open files are allowed, $wanted would be better"
}

check_configuration() { # the first use builds Outrigger, which is no part of the run
  local name
  sed -E 's/@(PORT|STATUS|ADMIN)@/0/; s/@REPLICA_([0-9])@/900\1/g; s/@STANDBY@/9009/; s/@BALANCER@/least-request/; s/@POOL_IDLE@/4s/' \
    "$files/soak.conf.in" >"$scratch/check.conf"
  "$launcher" check -c "$scratch/check.conf" >"$scratch/check.log" 2>&1 || { tail -n 15 "$scratch/check.log" >&2; exit 1; }
}

main() {
  local java base commit status=0
  parse_options "$@"
  java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
  [[ -r /proc/self/stat ]] || { say "soak.sh: needs Linux (/proc)"; exit 2; }
  type -P "$java" >/dev/null || { say "soak.sh: $java is needed (JAVA_HOME or PATH)"; exit 2; }
  type -P "$launcher" >/dev/null || { say "soak.sh: $launcher is missing"; exit 2; }
  [[ -e ${driver%%:*} ]] || { say "soak.sh: the driver is not built: ./mvnw -pl benchmarks -am -DskipTests package"; exit 2; }
  mkdir -p "$out"
  trap clean_up EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  scratch=$(mktemp -d "${TMPDIR:-/tmp}/outrigger-soak.XXXXXX")
  export MALLOC_ARENA_MAX=1
  raise_limit
  check_configuration
  commit=$(git -C "$root" rev-parse --short HEAD 2>/dev/null) || commit=uncommitted
  if [[ $commit != uncommitted && $(git -C "$root" --no-optional-locks status --porcelain 2>/dev/null) ]]; then
    commit+=-dirty
  fi
  base="$out/soak-$(date -u +%Y%m%d-%H%M%S)-$commit"
  "$java" -XX:+UseSerialGC -Xms128m -Xmx512m -XX:MaxDirectMemorySize=256m -Dio.netty.leakDetection.level=disabled \
    -cp "$driver" dev.outrigger.soak.Soak \
    --launcher "$launcher" --config "$files/soak.conf.in" --directory "$scratch" --out "$base" \
    --minutes "$minutes" --clients "$clients" --every "$every" \
    --fact "date=$(date -u +%Y-%m-%dT%H:%M:%SZ)" --fact "commit=$commit" --fact "clients=$clients" \
    --fact "minutes=$minutes" --fact "seconds from fault to fault=$every" \
    --fact "cpu=$(awk -F': *' '/^model name/ { print $2; exit }' /proc/cpuinfo)" \
    --fact "cores=$(getconf _NPROCESSORS_ONLN)" --fact "kernel=$(uname -sr)" \
    --fact "load average before=$(cut -d' ' -f1-3 /proc/loadavg)" </dev/null &
  load_pid=$!
  wait "$load_pid" || status=$?
  load_pid=''
  if [[ -e $base.md ]]; then
    cat "$base.md"
    say "written: $base.md and .json"
  fi
  if ((status != 0)); then
    if [[ -e $scratch/sidecar.log ]]; then
      cp "$scratch/sidecar.log" "$base.log"
      say "the sidecar's log: $base.log"
    fi
    exit 1
  fi
}

main "$@"
