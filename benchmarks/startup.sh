#!/usr/bin/env bash
# How a start of Outrigger goes: ready, first call, first second, steady; by JDK, cache and warm-up.
# Every figure is measured in this run. See README.md beside this file.
set -Eeuo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
files="$here/compare"

usage() {
  cat <<'TEXT'
Usage: benchmarks/startup.sh [OPTIONS]
  --jdks LIST           Java installations (default: the newest 17 and 25 under /usr/lib/jvm)
  --rounds N            measured rounds of each case, interleaved (default 5)
  --rate R              requests/s of the load (default 1000)
  --settle S            seconds of load before the steady figures (default 10)
  --out DIR             where the results are written (default benchmarks/results)
Needs the benchmarks built: ./mvnw -pl benchmarks -am -DskipTests package
Environment: BENCHMARKS_JAR is the driver (default benchmarks/target/benchmarks.jar).
Exit status: 0 measured; 1 something failed or answered with errors; 2 wrong usage or a tool is missing.
TEXT
}

say() { printf '%s\n' "$*" >&2; }
usage_error() { say "startup.sh: $*"; usage >&2; exit 2; }

jdks='' rounds=5 rate=1000 settle=10 out="$here/results" driver=${BENCHMARKS_JAR:-$here/target/benchmarks.jar}

parse_options() {
  while (($#)); do
    case $1 in
      -h | --help) usage; exit 0 ;;
      --jdks | --rounds | --rate | --settle | --out) (($# > 1)) || usage_error "$1 needs a value" ;;
      *) usage_error "unknown option: $1" ;;
    esac
    case $1 in
      --jdks) jdks=${2//,/ } ;;
      --rounds) rounds=$2 ;;
      --rate) rate=$2 ;;
      --settle) settle=$2 ;;
      --out) out=$2 ;;
    esac
    shift 2
  done
  local value
  for value in "$rounds" "$rate" "$settle"; do
    [[ $value =~ ^[1-9][0-9]{0,5}$ ]] || usage_error "not a positive number: '$value'"
  done
}

java_version() { sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"; }

find_jdks() {
  local home wanted
  [[ ! $jdks ]] || return 0
  for wanted in 17 25; do
    for home in /usr/lib/jvm/*; do
      if [[ -x $home/bin/java && -r $home/release && $(java_version "$home") == "$wanted" ]]; then
        jdks+=" $home"
        break
      fi
    done
  done
  [[ $jdks ]] || usage_error "found no JDK 17 or 25 under /usr/lib/jvm; name some with --jdks"
}

scratch='' failed=false started=''

clean_up() {
  if [[ $started ]]; then kill "$started" 2>/dev/null || true; fi
  if [[ $scratch ]]; then rm -rf -- "$scratch"; fi
}

# The launcher looks for a JDK and for changed sources first, which is no part of a start in an image: its own command line
# is taken from a start that is not measured. One argument per line, up to Outrigger's own.
command_of() { # JDK CACHE
  local deadline=$((SECONDS + 60))
  fill_in off "$scratch/any.conf"
  sed -i -E 's/@(STUB)@/9/; s/@(PORT|STATUS|ADMIN)@/0/' "$scratch/any.conf"
  OUTRIGGER_JAVA_HOME=$1 OUTRIGGER_CACHE=$2 "$root/outrigger" run -c "$scratch/any.conf" >/dev/null 2>&1 &
  started=$!
  until [[ $(readlink "/proc/$started/exe") == */java ]]; do
    kill -0 "$started" 2>/dev/null && ((SECONDS < deadline)) || { say "the launcher did not start Java"; exit 1; }
    sleep 0.05
  done
  tr '\0' '\n' <"/proc/$started/cmdline" | sed '/^run$/,$d'
  kill "$started"
  wait "$started" || true
  started=''
}

fill_in() { # WARM_UP FILE
  sed "s/@WARM_UP@/$1/" "$files/startup.conf.in" >"$2"
}

prepare() { # everything is built and trained before anything is measured
  local home version
  for home in $jdks; do
    version=$(java_version "$home")
    say "JDK $version: making the cache"
    OUTRIGGER_JAVA_HOME=$home OUTRIGGER_CACHE="$scratch/cache-$version" "$root/outrigger" train >"$scratch/train.log" 2>&1 ||
      { tail -n 15 "$scratch/train.log" >&2; exit 1; }
    command_of "$home" none >"$scratch/command-$version-without"
    command_of "$home" "$scratch/cache-$version" >"$scratch/command-$version-with"
  done
  for state in off on; do fill_in "$state" "$scratch/$state.conf.in"; done
}

measure() { # ROUND VERSION CACHE WARM_UP
  local -a command
  local line
  mapfile -t command <"$scratch/command-$2-$3"
  line=$("$(driver_java)" -XX:+UseSerialGC -Xms64m -Xmx64m -cp "$driver" dev.outrigger.load.StartupProbe \
    --body "$files/tools-call.json" --answer "$files/answer.json" --config "$scratch/$4.conf.in" --rate "$rate" \
    --settle "$settle" -- "${command[@]}" 2>"$scratch/driver.log" | sed -n 's/^RESULT //p') || true
  if [[ ! $line ]]; then
    say "round $1: JDK $2, $3 cache, warm-up $4: failed"
    tail -n 5 "$scratch/driver.log" >&2
    failed=true
    return 0
  fi
  [[ ${line##* } == 0 ]] || failed=true
  printf '%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4" "${line// /$'\t'}" >>"$scratch/rounds.tsv"
  say "round $1: JDK $2, $3 cache, warm-up $4: ready $((${line%% *} / 1000)) ms"
}

driver_java() { printf '%s/bin/java' "${jdks##* }"; }

measure_all() {
  local round home cache state
  for ((round = 1; round <= rounds; round++)); do
    for home in $jdks; do
      for cache in without with; do
        for state in off on; do measure "$round" "$(java_version "$home")" "$cache" "$state"; done
      done
    done
  done
}

describe_run() {
  local commit
  commit=$(git -C "$root" rev-parse --short HEAD 2>/dev/null) || commit=uncommitted
  if [[ $commit != uncommitted && $(git -C "$root" --no-optional-locks status --porcelain 2>/dev/null) ]]; then
    commit+=-dirty
  fi
  printf '%s\t%s\n' \
    date "$(date -u +%Y-%m-%dT%H:%M:%SZ)" \
    commit "$commit" \
    cpu "$(awk -F': *' '/^model name/ { print $2; exit }' /proc/cpuinfo)" \
    cores "$(getconf _NPROCESSORS_ONLN)" \
    kernel "$(uname -sr)" \
    jdks "$(for home in $jdks; do sed -n 's/^JAVA_RUNTIME_VERSION="\(.*\)"$/\1/p' "$home/release"; done | paste -sd' ')" \
    rounds "$rounds" \
    rate "$rate" \
    settle "$settle" \
    load "$(cut -d' ' -f1-3 /proc/loadavg)"
}

report() {
  local base format
  describe_run >"$scratch/run.tsv"
  base="$out/startup-$(date -u +%Y%m%d-%H%M%S)-$(awk -F'\t' '$1 == "commit" { print $2 }' "$scratch/run.tsv")"
  for format in md json; do
    awk -v format="$format" -f "$files/startup.awk" "$scratch/run.tsv" "$scratch/rounds.tsv" >"$base.$format"
  done
  cat "$base.md"
  say "written: $base.md and .json"
}

main() {
  parse_options "$@"
  [[ -r /proc/self/stat ]] || { say "startup.sh: needs Linux (/proc)"; exit 2; }
  [[ -e $driver ]] || { say "startup.sh: the driver is not built: ./mvnw -pl benchmarks -am -DskipTests package"; exit 2; }
  find_jdks
  mkdir -p "$out"
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  scratch=$(mktemp -d "${TMPDIR:-/tmp}/outrigger-startup.XXXXXX")
  export MALLOC_ARENA_MAX=1
  prepare
  measure_all
  [[ -s $scratch/rounds.tsv ]] || { say "startup.sh: nothing was measured"; exit 1; }
  report
  if $failed; then exit 1; fi
}

main "$@"
