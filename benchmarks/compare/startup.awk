# run.tsv (key, value) and rounds.tsv (round, JDK, cache, warm-up, seven figures) to a report in Markdown or JSON.
# Figures are medians of the rounds; times come in microseconds.
BEGIN { FS = "\t" }

FNR == NR { run[$1] = $2; keys[++key_count] = $1; next }

{
  row = $2 "\t" $3 "\t" $4
  if (!(row in rounds)) { rows[++row_count] = row }
  n = ++rounds[row]
  for (i = 5; i <= 10; i++) { figure[row, i, n] = $i }
  errors[row] += $11
}

function median(row, column,    n, i, j, x, sorted) {
  n = rounds[row]
  for (i = 1; i <= n; i++) {
    x = figure[row, column, i]
    for (j = i - 1; j > 0 && sorted[j] > x; j--) { sorted[j + 1] = sorted[j] }
    sorted[j + 1] = x
  }
  return n % 2 ? sorted[(n + 1) / 2] : (sorted[n / 2] + sorted[n / 2 + 1]) / 2
}

function ms(row, column) { return sprintf("%.1f", median(row, column) / 1000) }

function markdown(    i, row, part, first, steady) {
  printf "# A start of Outrigger\n\n"
  for (i = 1; i <= key_count; i++) { printf "- %s: %s\n", keys[i], run[keys[i]] }
  printf "\nMedians of the rounds, in ms. Ready counts from the start of Java to the first 200 of `/ready`.\n\n"
  printf "| JDK | cache | warm-up | ready | first call | first second p50 | p99 | steady p50 | p99 | p99 to steady | errors |\n"
  printf "|---|---|---|---|---|---|---|---|---|---|---|\n"
  for (i = 1; i <= row_count; i++) {
    row = rows[i]
    split(row, part, "\t")
    first = median(row, 8)
    steady = median(row, 10)
    printf "| %s | %s | %s | %.0f | %s | %s | %s | %s | %s | %.1f | %d |\n", part[1], part[2], part[3], \
      median(row, 5) / 1000, ms(row, 6), ms(row, 7), ms(row, 8), ms(row, 9), ms(row, 10), \
      steady ? first / steady : 0, errors[row]
  }
}

function json(    i, row, part) {
  printf "{\n"
  for (i = 1; i <= key_count; i++) { gsub(/["\\]/, "", run[keys[i]]); printf "  \"%s\": \"%s\",\n", keys[i], run[keys[i]] }
  printf "  \"cases\": ["
  for (i = 1; i <= row_count; i++) {
    row = rows[i]
    split(row, part, "\t")
    printf "%s\n    {\"jdk\": \"%s\", \"cache\": \"%s\", \"warm_up\": \"%s\", \"rounds\": %d, ", (i > 1 ? "," : ""), \
      part[1], part[2], part[3], rounds[row]
    printf "\"ready_us\": %d, \"first_call_us\": %d, \"first_second_p50_us\": %d, \"first_second_p99_us\": %d, ", \
      median(row, 5), median(row, 6), median(row, 7), median(row, 8)
    printf "\"steady_p50_us\": %d, \"steady_p99_us\": %d, \"errors\": %d}", median(row, 9), median(row, 10), errors[row]
  }
  printf "\n  ]\n}\n"
}

END { if (format == "md") { markdown() } else { json() } }
