# Reads run.tsv, rows.tsv, missing.txt and rounds.tsv (in this order) and computes what both reports show.
# A round with errors is kept as a round, but enters no median.
BEGIN { FS = "\t" }
FNR == 1 { file++ }
file == 1 { run[$1] = $2 }
file == 2 { name[++row_count] = $1; label[$1] = $2; version[$1] = $3; rss_kb[$1] = $4; peak_kb[$1] = $5 }
file == 3 && $0 != "" { missing[++missing_count] = $0 }
file == 4 { read_round() }

# 1 name, 2 round, 3 requests, 4 their time, 5 p50, 6 p99, 7 p99.9, 8 maximum (microseconds), 9 to 13 errors of connect,
# read, write, status, time-out, 14 requests with the warm-up's, 15 the proxy's and 16 others' CPU time (ticks) in
# 17 (microseconds), 18 a problem or nothing
function read_round(   key, errors) {
  key = $1 SUBSEP $2
  errors = $9 + $10 + $11 + $12 + $13
  done[$1]++
  requests[key] = $3; duration_us[key] = $4; max_us[key] = $8
  connect[key] = $9; reads[key] = $10; writes[key] = $11; status[key] = $12; timeouts[key] = $13
  problem[key] = $18
  error_count[key] = errors
  busy_elsewhere[key] = 100 * $16 / run["clock_ticks"] / ($17 / 1e6) / run["cores"]
  if (busy_elsewhere[key] < 0) busy_elsewhere[key] = 0
  if (errors > 0 || $18 != "" || $3 == 0 || $4 == 0) return
  clean[key] = 1
  clean_count[$1]++
  value[key, "rps"] = $3 * 1e6 / $4
  # requests of the warm-up that the driver does within its round cost time, too: $14 counts them
  value[key, "p50"] = $5; value[key, "p99"] = $6; value[key, "p999"] = $7
  if ($1 != "direct") value[key, "cpu"] = $15 / run["clock_ticks"] * 1e6 / $14
}

# sorts list[1..n] and returns its median
function middle(list, n,   i, j, x) {
  for (i = 2; i <= n; i++) {
    x = list[i]
    for (j = i - 1; j >= 1 && list[j] > x; j--) list[j + 1] = list[j]
    list[j + 1] = x
  }
  return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
}

# "" when no clean round has the figure
function median(row, metric,   list, n, r) {
  n = 0
  for (r = 1; r <= run["rounds"]; r++) if ((row SUBSEP r SUBSEP metric) in value) list[++n] = value[row, r, metric]
  return n ? middle(list, n) : ""
}

# Median over the rounds of row/base, both taken from the same round: what drifts between rounds cancels out.
# ratio_low and ratio_high take the extremes.
function ratio(row, base, metric,   list, n, r) {
  n = 0
  for (r = 1; r <= run["rounds"]; r++)
    if ((row SUBSEP r SUBSEP metric) in value && (base SUBSEP r SUBSEP metric) in value && value[base, r, metric] > 0)
      list[++n] = value[row, r, metric] / value[base, r, metric]
  if (!n) return ""
  middle(list, n)
  ratio_low = list[1]
  ratio_high = list[n]
  return middle(list, n)
}

# What the proxy adds to the p99 of the stub alone, in the same round; "" when either is missing.
function added_p99(row,   list, n, r) {
  n = 0
  for (r = 1; r <= run["rounds"]; r++)
    if ((row SUBSEP r SUBSEP "p99") in value && ("direct" SUBSEP r SUBSEP "p99") in value)
      list[++n] = value[row, r, "p99"] - value["direct", r, "p99"]
  return n ? middle(list, n) : ""
}

# CPU time of others, in percent of all cores, the median of all rounds; busiest is the worst one.
function busy_percent(   i, r, n, list) {
  n = 0
  for (i = 1; i <= row_count; i++)
    for (r = 1; r <= run["rounds"]; r++)
      if ((name[i] SUBSEP r) in busy_elsewhere) list[++n] = busy_elsewhere[name[i], r]
  if (!n) return 0
  middle(list, n)
  busiest = list[n]
  return middle(list, n)
}

# Whether the row's CPU time per request fell by more than a tenth from the first clean round to the last one.
function is_still_falling(row,   r) {
  first_cpu = last_cpu = ""
  for (r = 1; r <= run["rounds"]; r++)
    if ((row SUBSEP r SUBSEP "cpu") in value) {
      last_cpu = value[row, r, "cpu"]
      if (first_cpu == "") first_cpu = last_cpu
    }
  return last_cpu != "" && last_cpu < 0.9 * first_cpu
}

# "" for a row without a clean round: a proxy that fails needs little memory
function megabytes(row, kb) { return clean_count[row] && kb > 0 ? kb * 1024 / 1e6 : "" }
function is_outrigger(row) { return row ~ /^outrigger-/ }
