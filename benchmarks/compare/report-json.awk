# The same figures for machines; null is "not measured".
END {
  print "{"
  split("mode date commit cpu kernel load_generator stub", texts, " ")
  for (i = 1; i <= 7; i++) printf "  \"%s\": %s,\n", texts[i], quoted(run[texts[i]])
  split("rate rounds seconds warmup connections cores memory_mb", numbers, " ")
  for (i = 1; i <= 7; i++) printf "  \"%s\": %d,\n", numbers[i], run[numbers[i]]
  printf "  \"missing\": ["
  for (i = 1; i <= missing_count; i++) printf "%s%s", (i > 1 ? ", " : ""), quoted(missing[i])
  print "],\n  \"rows\": ["
  for (i = 1; i <= row_count; i++) print_row(name[i], i == row_count ? "" : ",")
  print "  ]\n}"
}

# letter by letter: awks disagree about backslashes in gsub
function quoted(text,   i, letter, result) {
  for (i = 1; i <= length(text); i++) {
    letter = substr(text, i, 1)
    if (letter == "\\" || letter == "\"") letter = "\\" letter
    else if (letter ~ /[[:cntrl:]]/) letter = " "
    result = result letter
  }
  return "\"" result "\""
}
function number(x) { return x == "" ? "null" : sprintf("%.3f", x) }

function print_row(r, comma,   k) {
  printf "    {\"name\": %s, \"label\": %s, \"version\": %s, \"clean_rounds\": %d,\n", quoted(r), quoted(label[r]), quoted(version[r]), clean_count[r]
  printf "     \"median\": {\"requests_per_second\": %s, \"p50_us\": %s, \"p99_us\": %s, \"p999_us\": %s, \"cpu_us_per_request\": %s},\n",
    number(median(r, "rps")), number(median(r, "p50")), number(median(r, "p99")), number(median(r, "p999")), number(median(r, "cpu"))
  printf "     \"ratio_to_nginx\": {\"requests_per_second\": %s, \"p50\": %s, \"p99\": %s, \"p999\": %s, \"cpu\": %s},\n",
    number(ratio(r, "nginx", "rps")), number(ratio(r, "nginx", "p50")), number(ratio(r, "nginx", "p99")), number(ratio(r, "nginx", "p999")),
    number(ratio(r, "nginx", "cpu"))
  printf "     \"rss_mb\": %s, \"rss_peak_mb\": %s,\n     \"rounds\": [\n", number(megabytes(r, rss_kb[r])), number(megabytes(r, peak_kb[r]))
  for (k = 1; k <= run["rounds"]; k++) print_round(r SUBSEP k, k == run["rounds"] ? "" : ",")
  printf "     ]}%s\n", comma
}

function print_round(key, comma) {
  printf "       {\"requests\": %d, \"duration_us\": %d, \"requests_per_second\": %s, \"p50_us\": %s, \"p99_us\": %s, \"p999_us\": %s, ",
    requests[key], duration_us[key], number(value[key, "rps"]), number(value[key, "p50"]), number(value[key, "p99"]), number(value[key, "p999"])
  printf "\"max_us\": %d, \"cpu_us_per_request\": %s, \"errors\": {\"connect\": %d, \"read\": %d, \"write\": %d, \"status\": %d, \"timeout\": %d}, ",
    max_us[key], number(value[key, "cpu"]), connect[key], reads[key], writes[key], status[key], timeouts[key]
  printf "\"problem\": %s, \"busy_elsewhere_percent\": %s}%s\n", problem[key] == "" ? "null" : quoted(problem[key]), number(busy_elsewhere[key]), comma
}
