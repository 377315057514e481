# The Markdown report; a figure that was not measured is a dash.
BEGIN { BUSY_LIMIT = 15 }
END {
  printf "# Side by side, %s, commit %s\n\n", run["date"], run["commit"]
  printf "%d rounds of %d s, interleaved, after %d s of warm-up each; %d keep-alive connections, %s.\n\n", run["rounds"],
    run["seconds"], run["warmup"], run["connections"], is_open() ? "open loop at " run["rate"] " requests/s" : "closed loop"
  busy = busy_percent()
  figures_table()
  ratio_table()
  if (is_open()) open_target_table()
  else target_table()
  list_problems()
  describe_machine()
}

function is_open() { return run["mode"] == "open" }
function figure(x, format) { return x == "" ? "–" : sprintf(format, x) }
function in_ms(us) { return us == "" ? "" : us / 1000 }

# "–" is three bytes and one column, which the width of printf does not know
function cell(text, width,   n) {
  n = length(text)
  if (index(text, "–")) n -= length("–") - 1
  if (index(text, "µ")) n -= length("µ") - 1
  if (index(text, "×")) n -= length("×") - 1
  while (n++ < width) text = " " text
  return " " text " |"
}
function left(text, width) { return sprintf("| %-" width "s |", text) }
function rule(first, count, width,   line, i, dashes) {
  dashes = sprintf("%" (width - 1) "s", ""); gsub(/ /, "-", dashes)
  line = sprintf("%" first "s", ""); gsub(/ /, "-", line); line = "| " line " |"
  for (i = 1; i <= count; i++) line = line " " dashes ": |"
  return line
}

function figures_table(   i, r) {
  print left("Proxy (one thread)", 36) cell("requests/s", 10) cell("p50 ms", 10) cell("p99 ms", 10) cell("p99.9 ms", 10) \
    cell("CPU µs/req", 10) cell("RSS MB", 10) cell("peak MB", 10) cell("rounds", 10)
  print rule(36, 8, 10)
  for (i = 1; i <= row_count; i++) {
    r = name[i]
    print left(label[r], 36) cell(figure(median(r, "rps"), "%.0f"), 10) cell(figure(in_ms(median(r, "p50")), "%.2f"), 10) \
      cell(figure(in_ms(median(r, "p99")), "%.2f"), 10) cell(figure(in_ms(median(r, "p999")), "%.2f"), 10) \
      cell(figure(median(r, "cpu"), "%.1f"), 10) cell(figure(megabytes(r, rss_kb[r]), "%.0f"), 10) \
      cell(figure(megabytes(r, peak_kb[r]), "%.0f"), 10) cell((clean_count[r] + 0) " of " run["rounds"] (clean_count[r] < run["rounds"] ? " !" : ""), 10)
  }
  print ""
}

function times(x) { return x == "" ? "–" : sprintf("%.2f ×", x) }
function range(x) { return x == "" ? "–" : sprintf("%.2f to %.2f", ratio_low, ratio_high) }

function ratio_table(   i, r, cpu) {
  if (!clean_count["nginx"]) { print "No ratios: nginx has no clean round.\n"; return }
  print left("Ratio to nginx, round by round", 36) cell("requests/s", 12) cell("p50", 12) cell("p99", 12) cell("p99.9", 12) \
    cell("CPU/request", 12) cell("its range", 12)
  print rule(36, 6, 12)
  for (i = 1; i <= row_count; i++) {
    r = name[i]
    if (r == "nginx") continue
    printf "%s", left(label[r], 36) cell(times(ratio(r, "nginx", "rps")), 12) cell(times(ratio(r, "nginx", "p50")), 12) \
      cell(times(ratio(r, "nginx", "p99")), 12) cell(times(ratio(r, "nginx", "p999")), 12)
    cpu = ratio(r, "nginx", "cpu")
    print cell(times(cpu), 12) cell(range(cpu), 12)
  }
  print ""
}

function target(what, x, bound, at_most,   verdict) {
  if (x == "") verdict = "not measured"
  else if (busy > BUSY_LIMIT) verdict = "not judged: too much else on this machine"
  else verdict = (at_most ? x <= bound : x >= bound) ? "met" : "missed"
  printf "| %s | %s %s | %s | %s |\n", what, at_most ? "≤" : "≥", bound, figure(x, "%.2f"), verdict
}

function target_table(   i, r, any) {
  for (i = 1; i <= row_count; i++) {
    r = name[i]
    if (!is_outrigger(r)) continue
    if (!any++) print "| Target | | measured | |\n| --- | --- | ---: | --- |"
    if (label[r] ~ /\(io_uring\)/) target(label[r] ": CPU per request, × nginx", ratio(r, "nginx", "cpu"), 1.15, 1)
    else if (r != "outrigger-nio") target(label[r] ": CPU per request, × nginx", ratio(r, "nginx", "cpu"), 1.3, 1)
    target(label[r] ": CPU per request, × Envoy", ratio(r, "envoy", "cpu"), 0.5, 1)
    target(label[r] ": requests/s, × nginx", ratio(r, "nginx", "rps"), 0.95, 0)
    target(label[r] ": requests/s, × Envoy", ratio(r, "envoy", "rps"), 1.5, 0)
    target(label[r] ": peak RSS in MB", megabytes(r, peak_kb[r]), 100, 1)
  }
  if (any) print ""
}

function open_target_table(   i, r, x, best, any) {
  for (i = 1; i <= row_count; i++) {
    x = name[i] == "direct" || is_outrigger(name[i]) ? "" : added_p99(name[i])
    if (x != "" && (best == "" || x < best)) best = x
  }
  for (i = 1; i <= row_count; i++) {
    r = name[i]
    x = added_p99(r)
    if (!any++) print "| p99 added to that of the stub alone | | ms | |\n| --- | --- | ---: | --- |"
    if (is_outrigger(r)) target(label[r] ", × the best peer", x != "" && best > 0 ? x / best : "", 1.2, 1)
    if (r != "direct") printf "| %s | | %s | |\n", label[r], figure(in_ms(x), "%.3f")
  }
  print ""
}

function list_problems(   i, r, k, key) {
  for (i = 1; i <= missing_count; i++) printf "- Missing: %s\n", missing[i]
  for (i = 1; i <= row_count; i++) {
    r = name[i]
    for (k = 1; k <= run["rounds"]; k++) {
      key = r SUBSEP k
      if (!(key in requests) || clean[key]) continue
      printf "- **Round %d of %s has errors and is left out**: connect %d, read %d, write %d, status %d, timeout %d%s\n", k, label[r],
        connect[key], reads[key], writes[key], status[key], timeouts[key], (problem[key] == "" ? "" : "; " problem[key])
    }
    if (is_still_falling(r))
      printf "- **%s became cheaper from the first round to the last** (%.1f to %.1f µs per request): its warm-up was too short\n",
        label[r], first_cpu, last_cpu
  }
  printf "- Work of others on this machine during the rounds: median %.0f %%, at most %.0f %% of all cores%s\n\n", busy, busiest,
    (busy > BUSY_LIMIT ? ". **Too busy for good figures.**" : ".")
}

function describe_machine(   i) {
  printf "Machine: %s, %d cores, %d MB, %s. Load: %s. Stub: %s.\n", run["cpu"], run["cores"], run["memory_mb"], run["kernel"],
    run["load_generator"], run["stub"]
  for (i = 1; i <= row_count; i++) if (version[name[i]] != "") printf "\n%s: %s\n", label[name[i]], version[name[i]]
}
