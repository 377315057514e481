# Sourced by compare.sh and others: starting and ending programs, ports, and what /proc says about them.
# shellcheck shell=bash

scratch='' load_pid='' session=0
declare -a sessions=()
declare -A session_of=()

clean_up() {
  local status=$? id deadline
  trap - EXIT
  trap '' INT TERM HUP
  if [[ $load_pid ]]; then kill "$load_pid" 2>/dev/null || true; fi
  for id in ${sessions[@]+"${sessions[@]}"}; do kill -TERM -- "-$id" 2>/dev/null || true; done
  deadline=$((SECONDS + 5))
  for id in ${sessions[@]+"${sessions[@]}"}; do
    while kill -0 -- "-$id" 2>/dev/null && ((SECONDS < deadline)); do sleep 0.05; done
    kill -KILL -- "-$id" 2>/dev/null || true
  done
  wait 2>/dev/null || true
  if [[ $scratch ]]; then rm -rf -- "$scratch"; fi
  exit "$status"
}

# Starts a program in a session of its own, whose number (in $session) is the key of its CPU time, memory and end.
start() { # NAME COMMAND...
  local name=$1
  shift
  setsid "$@" >"$scratch/$name/log" 2>&1 </dev/null &
  session=$!
  sessions+=("$session")
}

is_alive() { kill -0 "$1" 2>/dev/null; }

is_port_taken() { # by any socket of IPv4 or IPv6, listening or not
  local hex
  printf -v hex '%04X' "$1"
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v port="$hex" \
    '{ n = split($2, at, ":"); if (n == 2 && at[2] == port) { found = 1; exit } } END { exit !found }'
}

next_port=$((18600 + RANDOM % 300))
port=0
take_port() {
  while is_port_taken "$next_port"; do next_port=$((next_port + 1)); done
  port=$next_port
  next_port=$((next_port + 1))
}

# Where calls are made: what stands before their command (to enter a network), and to which address.
declare -a call_within=()
call_address=127.0.0.1

# The whole answer to one call, or a failure. Needs nothing but bash, so curl may be absent.
call() { # PORT PATH
  timeout 3 ${call_within[@]+"${call_within[@]}"} bash -c '
    body=$(<"$3")
    exec 3<>"/dev/tcp/$4/$1"
    printf "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" "$2" >&3
    printf "Accept: application/json, text/event-stream\r\nMCP-Protocol-Version: 2025-11-25\r\n" >&3
    printf "Connection: close\r\nContent-Length: %d\r\n\r\n%s" "${#body}" "$body" >&3
    cat <&3' call "$1" "$2" "$files/tools-call.json" "$call_address" 2>/dev/null
}

# A proxy is ready when this run's own stub answers through it: whatever else owns the port cannot know the token.
is_ready() { [[ $(call "$1" /whoami) == 'HTTP/1.1 200 '*"$token"* ]]; }
is_right() { [[ $(call "$1" /mcp) == 'HTTP/1.1 200 '*"$answer"* ]]; }

wait_until_ready() { # NAME SESSION PORT SECONDS
  local deadline=$((SECONDS + $4))
  until is_ready "$3"; do
    if ! is_alive "$2" || ((SECONDS >= deadline)); then
      say "$1 did not come up; the end of its log:"
      tail -n 15 "$scratch/$1/log" >&2
      tail -n 5 "$scratch/$1/error.log" 2>/dev/null >&2 || true
      return 1
    fi
    sleep 0.05
  done
  is_right "$3" || { say "$1 does not pass the stub's answer on unchanged"; return 1; }
}

session_pids() { # SESSION
  cat /proc/[0-9]*/stat 2>/dev/null | awk -v id="$1" '{ pid = $1; sub(/^.*\) /, ""); if ($4 == id) print pid }' || true
}

# user + system time in clock ticks, ended and waited-for children included
session_ticks() { # SESSION
  cat /proc/[0-9]*/stat 2>/dev/null | awk -v id="$1" '
    { sub(/^.*\) /, ""); if ($4 == id) sum += $12 + $13 + $14 + $15 } END { printf "%d", sum }' || true
}

own_ticks() { # of this script, its ended children and every program it started
  cat /proc/[0-9]*/stat 2>/dev/null | awk -v self="$$" -v ids=" $* " '
    { pid = $1; sub(/^.*\) /, "")
      if (pid == self || index(ids, " " $4 " ")) sum += $12 + $13 + $14 + $15 } END { printf "%d", sum }' || true
}

host_ticks() { # of all cores, whatever is not idle; interrupts are in the time of the process that they interrupt, too
  awk '$1 == "cpu" { printf "%d", $2 + $3 + $4 + $7 + $8 + $9; exit }' /proc/stat
}

session_memory() { # SESSION: kB now, kB at the peak
  local pid
  for pid in $(session_pids "$1"); do
    cat "/proc/$pid/status" 2>/dev/null || true
  done | awk '$1 == "VmRSS:" { now += $2 } $1 == "VmHWM:" { peak += $2 } END { printf "%d %d", now, peak }'
}
