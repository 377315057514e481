# After statistics.awk: the report of interception.sh, as Markdown or, with -v json=1, as JSON. Times in microseconds.

function errors_of(row,   r, sum) {
  for (r = 1; r <= run["rounds"]; r++) sum += error_count[row, r]
  return sum + 0
}

function requests_of(row,   r, sum) {
  for (r = 1; r <= run["rounds"]; r++) sum += requests[row, r]
  return sum + 0
}

function problems_of(row,   r, text) {
  for (r = 1; r <= run["rounds"]; r++) if (problem[row, r] != "") text = text " " problem[row, r]
  return text
}

function added(key,   a, b) {
  a = median("intercepted", key)
  b = median("explicit", key)
  return a == "" || b == "" ? "" : a - b
}

function figure(x) { return x == "" ? (json ? "null" : "-") : sprintf("%.0f", x) }

function markdown(   i, n) {
  printf "# Interception under load\n\n"
  printf "%s, commit %s; %s, %s cores, %s; load average before %s.\n\n", run["date"], run["commit"], run["cpu"], run["cores"], run["kernel"], run["load_before"]
  printf "%s connections, %s requests/s in an open loop (latency counts from when a request was due), %s rounds of %s s, interleaved; medians of clean rounds, in microseconds.\n\n", run["connections"], run["rate"], run["rounds"], run["seconds"]
  printf "| Way | requests | failed | p50 | p99 | p99.9 |\n| --- | ---: | ---: | ---: | ---: | ---: |\n"
  for (i = 1; i <= row_count; i++) {
    n = name[i]
    printf "| %s | %d | %d | %s | %s | %s |\n", label[n], requests_of(n), errors_of(n), figure(median(n, "p50")), figure(median(n, "p99")), figure(median(n, "p999"))
  }
  printf "| added by interception | | | %s | %s | %s |\n\n", figure(added("p50")), figure(added("p99")), figure(added("p999"))
  printf "With the warm-ups, the server has answered %s of %s calls that were intercepted and %s of %s others, by the count of the sidecar.\n", run["counted_intercepted"], run["sent_intercepted"], run["counted_explicit"], run["sent_explicit"]
  for (i = 1; i <= row_count; i++) if (problems_of(name[i]) != "") printf "\n%s:%s\n", label[name[i]], problems_of(name[i])
}

function as_json(   i, n) {
  printf "{"
  for (i = 1; i <= split("date commit cpu cores kernel load_before connections rate rounds seconds sent_intercepted counted_intercepted sent_explicit counted_explicit", keys, " "); i++)
    printf "\"%s\":\"%s\",", keys[i], run[keys[i]]
  printf "\"ways\":["
  for (i = 1; i <= row_count; i++) {
    n = name[i]
    printf "%s{\"name\":\"%s\",\"requests\":%d,\"failed\":%d,\"p50_us\":%s,\"p99_us\":%s,\"p999_us\":%s}", (i > 1 ? "," : ""), n, requests_of(n), errors_of(n), figure(median(n, "p50")), figure(median(n, "p99")), figure(median(n, "p999"))
  }
  printf "],\"added_us\":{\"p50\":%s,\"p99\":%s,\"p999\":%s}}\n", figure(added("p50")), figure(added("p99")), figure(added("p999"))
}

END { if (json) as_json(); else markdown() }
