#!/usr/bin/env bash
# What each policy costs one exchange, off and on: one short run of JMH (under 6 minutes on a machine that does nothing else).
# See README.md beside this file.
set -Eeuo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
jar=${BENCHMARKS_JAR:-$here/target/benchmarks.jar}
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
out="$here/results"

usage() {
  cat <<'TEXT'
Usage: benchmarks/policies.sh [--out DIR] [JMH OPTIONS]
  --out DIR      where the result is written (default benchmarks/results)
  JMH OPTIONS    instead of -f 1 -wi 3 -i 5 -w 1 -r 1; -f 1 -wi 1 -i 1 -w 200ms -r 200ms only tries it out
The benchmarks are built if they are not there. Environment: JAVA_HOME; BENCHMARKS_JAR.
Exit status: 0 nothing allocates that need not; 1 something does, or failed; 2 wrong usage.
TEXT
}

while (($#)); do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --out)
      (($# > 1)) || { usage >&2; exit 2; }
      out=$2
      shift 2
      ;;
    *) break ;;
  esac
done

options=("$@")
((${#options[@]})) || options=(-f 1 -wi 3 -i 5 -w 1 -r 1)

if [[ ! -f $jar ]]; then
  (cd "$root" && ./mvnw -q -Dfast -pl benchmarks -am -DskipTests package)
fi

# class.method[=parameter] | policy | what of it. JMH runs these and no others.
rows='
resilience.LimitsBenchmark.unlimited|limits, overload guard|off, watching|
resilience.LimitsBenchmark.tokenBucket|rate limit|token bucket|
resilience.LimitsBenchmark.tokenBucketByTwoLoops|rate limit|token bucket, 2 threads on one key|
resilience.LimitsBenchmark.tokenBucketRefuses|rate limit|token bucket refuses|
resilience.LimitsBenchmark.slidingWindow|rate limit|sliding window|
resilience.LimitsBenchmark.slidingWindowByTwoLoops|rate limit|sliding window, 2 threads on one key|
resilience.LimitsBenchmark.enterAndLeave|concurrency limit|fixed|
resilience.LimitsBenchmark.enterAndLeaveAdaptive|concurrency limit|adaptive|
resilience.CircuitBreakerBenchmark.enterAndLeaveClosed|breaker|closed, failures in a row|
resilience.CircuitBreakerBenchmark.enterAndLeaveClosedByTwoLoops|breaker|the same, 2 threads|
resilience.CircuitBreakerBenchmark.enterAndLeaveJudged|breaker|closed, rates judged|
resilience.CircuitBreakerBenchmark.enterAndLeaveOfTool|breaker|closed, of a tool|
resilience.CircuitBreakerBenchmark.refuseOpen|breaker|open, refuses|
resilience.RetryBudgetBenchmark.request|retry budget|a request|
resilience.RetryBudgetBenchmark.refusedRetry|retry budget|a retry that it refuses|
resilience.RetryBudgetBenchmark.hedgeObserved|hedging|after what is usual: look-up, record, decide|
upstream.EjectionBenchmark.successUnwatched|ejection|off, with the latency that the balancer is told|
upstream.EjectionBenchmark.success|ejection|on, the same|
upstream.EjectionBenchmark.failThenSucceed|ejection|a failure and a success|
upstream.BalancingBenchmark.pick=round-robin|balancer|round-robin|
upstream.BalancingBenchmark.pick=least-request|balancer|least-request|
upstream.BalancingBenchmark.pick=peak-ewma|balancer|peak-ewma|
upstream.BalancingBenchmark.pick=random|balancer|random|
exchange.AffinityBenchmark.choose=none|affinity and balancer|none|
exchange.AffinityBenchmark.choose=mcp-session|affinity and balancer|a session that is known|
exchange.AffinityBenchmark.choose=header|affinity and balancer|header|
exchange.AffinityBenchmark.choose=cookie|affinity and balancer|cookie|
exchange.AffinityBenchmark.choose=client-ip|affinity and balancer|client-ip|
runtime.DestinationsBenchmark.single|choice of upstream|off: one|
runtime.DestinationsBenchmark.weighted|choice of upstream|by weight|
runtime.DestinationsBenchmark.shift|choice of upstream|shift, and its judgement|
runtime.DestinationsBenchmark.alternate|choice of upstream|an alternate|
route.ToolPolicyBenchmark.ask=none|tool policy|off|
route.ToolPolicyBenchmark.ask=names|tool policy|by name|
route.ToolPolicyBenchmark.ask=patterns|tool policy|by the fourth of five patterns|
cache.ResponseStoreBenchmark.withoutCache|cache|off|
exchange.QuestionBenchmark.ask|cache|a question: its keys, and both look-ups|
cache.ResponseStoreBenchmark.find|cache|one look-up, hit|
cache.ResponseStoreBenchmark.findNothing|cache|one look-up, miss|
'

methods=$(cut -d'|' -f1 <<<"$rows" | cut -d= -f1 | sed '/^$/d' | sort -u | tr '\n' '|')
pattern="^dev\.outrigger\.(${methods%|})\$"
commit=$(git -C "$root" rev-parse --short HEAD 2>/dev/null || echo unknown)
if [[ $commit != unknown && -n $(git -C "$root" status --porcelain --untracked-files=no) ]]; then
  commit+=-dirty
fi
report="$out/policies-$(date -u +%Y%m%d-%H%M%S)-$commit.md"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"
load=$(cut -d' ' -f1-3 /proc/loadavg 2>/dev/null || echo unknown)
started=$SECONDS

"$java" -jar "$jar" "${options[@]}" -prof gc -foe true -rf csv -rff "$work/jmh.csv" "$pattern" \
  | grep -E '^# (Benchmark|Parameters|VM version|Run progress)|ERROR' >&2 || [[ -s $work/jmh.csv ]]

{
  printf '# What each policy costs one exchange\n\n'
  printf 'Commit %s, %s; %s; %s processors (%s); load average before the run %s; %s s.\n' "$commit" \
    "$(date -u +%Y-%m-%dT%H:%MZ)" "$("$java" -version 2>&1 | sed -n 2p)" "$(nproc 2>/dev/null || echo '?')" \
    "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -1)" "$load" "$((SECONDS - started))"
  printf 'JMH, `%s -prof gc`: the decision alone, warm, in nanoseconds of one thread.\n\n' "${options[*]}"
  printf '| Policy | | ns | ± | B | Benchmark |\n| --- | --- | ---: | ---: | ---: | --- |\n'
  ROWS=$rows awk -F, '
    { gsub(/["\r]/, "") }
    FNR == 1 { for (i = 1; i <= NF; i++) if ($i ~ /^Param/) params[i]; next }
    {
      name = $1
      sub(/^dev\.outrigger\./, "", name)
      bytes = sub(/:gc\.alloc\.rate\.norm$/, "", name)
      if (name ~ /:/) next
      for (i in params) if ($i != "") name = name "=" $i
      if (bytes) allocated[name] = $5
      else { score[name] = $5; error[name] = $6 }
    }
    END {
      lines = split(ENVIRON["ROWS"], row, "\n")
      for (i = 1; i <= lines; i++) {
        if (split(row[i], of, "|") < 4) continue
        id = of[1]
        if (!(id in score)) { printf "| %s | %s | not measured | | | `%s` |\n", of[2], of[3], id; missing = 1; continue }
        share = allocated[id] + 0
        mark = share < 0.5 ? "0" : sprintf("%.0f", share)
        if (share >= 0.5 && of[4] != "") { note[++notes] = sprintf("- `%s`: %s.", id, of[4]); mark = mark " *" }
        if (share >= 0.5 && of[4] == "") { note[++notes] = sprintf("- `%s`: **nothing explains it**.", id); bad = 1 }
        wide = error[id] + 0 > 0 ? sprintf("%.1f", error[id]) : "-"
        printf "| %s | %s | %.1f | %s | %s | `%s` |\n", of[2], of[3], score[id], wide, mark, id
      }
      print ""
      if (missing) print "Not all of it was measured."
      else if (!notes) print "Nothing allocates."
      if (notes) { print "What allocates:"; for (i = 1; i <= notes; i++) print note[i] }
      exit bad + missing > 0
    }' "$work/jmh.csv"
} >"$report" && status=0 || status=1
cat "$report"
printf '\n%s\n' "$report" >&2
exit "$status"
