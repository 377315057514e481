# Sourced by compare.sh: the stub server and the proxies that are compared, each a row of the report.
# shellcheck shell=bash

fill_in() { # TEMPLATE NAME: the finished configuration goes into the proxy's scratch directory
  local text user='' dir="$scratch/$2"
  if ((EUID == 0)); then user='user root;'; fi
  text=$(<"$files/$1")
  text=${text//@DIR@/"$dir"}
  text=${text//@USER@/"$user"}
  text=${text//@LIMIT@/"$((connections * 4 + 512))"}
  text=${text//@CONNECTIONS@/"$connections"}
  text=${text//@ANSWER@/"$answer"}
  text=${text//@TOKEN@/"$token"}
  text=${text//@STUB@/"$stub_port"}
  text=${text//@PORT@/"$port"}
  text=${text//@STATUS@/"${status_port:-}"}
  text=${text//@ADMIN@/"${admin_port:-}"}
  text=${text//@TRANSPORT@/"${transport:-}"}
  printf '%s\n' "$text" >"$dir/${1%.in}"
}

declare -a rows=(direct) missing=()
declare -A port_of=() label_of=([direct]='direct (no proxy)') version_of=([direct]='')
failed=false

fail_row() {
  say "$*"
  missing+=("$*")
  failed=true
}

add_row() { # NAME LABEL VERSION
  rows+=("$1")
  port_of[$1]=$port
  session_of[$1]=$session
  label_of[$1]=$2
  version_of[$1]=$3
}

begin_row() { # NAME
  mkdir "$scratch/$1"
  take_port
}

start_nginx() { # NAME TEMPLATE
  fill_in "$2" "$1"
  start "$1" "$nginx" -e "$scratch/$1/error.log" -p "$scratch/$1/" -c "$scratch/$1/${2%.in}"
}

start_stub() {
  begin_row stub
  stub_port=$port
  start_nginx stub stub.conf.in
  wait_until_ready stub "$session" "$stub_port" 10 || exit 1
  port_of[direct]=$stub_port
  stub_session=$session
}

add_nginx() {
  begin_row nginx
  start_nginx nginx nginx.conf.in
  wait_until_ready nginx "$session" "$port" 10 || { fail_row "nginx did not start"; return 0; }
  add_row nginx nginx "$nginx_version"
}

add_haproxy() {
  local program
  program=$(type -P "${HAPROXY:-haproxy}") || { missing+=("haproxy: not installed"); return 0; }
  begin_row haproxy
  fill_in haproxy.cfg.in haproxy
  start haproxy "$program" -db -f "$scratch/haproxy/haproxy.cfg"
  wait_until_ready haproxy "$session" "$port" 10 || { fail_row "haproxy did not start"; return 0; }
  add_row haproxy haproxy "$("$program" -v | awk 'NR == 1 { print $3 }')"
}

add_envoy() {
  local program version
  program=$(type -P "${ENVOY:-envoy}") || { missing+=("envoy: not installed (or set ENVOY)"); return 0; }
  begin_row envoy
  fill_in envoy.yaml.in envoy
  start envoy "$program" -c "$scratch/envoy/envoy.yaml" --concurrency 1 --disable-hot-restart --log-level warn
  wait_until_ready envoy "$session" "$port" 20 || { fail_row "envoy did not start"; return 0; }
  version=$("$program" --version | awk '/version:/ { split($NF, part, "/"); print part[2] }')
  add_row envoy envoy "$version"
}

# Variables that configure telemetry of whatever runs here must not reach a proxy that is measured at its defaults.
declare -a clean_env=(env)
collect_foreign_settings() {
  local name
  for name in $(compgen -e); do
    if [[ $name == OTEL_* || $name == METRICS_* ]]; then clean_env+=(-u "$name"); fi
  done
}

check_outrigger() { # NAME PROGRAM
  say "$1: checking its configuration (the first use builds Outrigger, which takes a while) …"
  start "$1" "${clean_env[@]}" "$2" check -c "$scratch/$1/outrigger.conf"
  local status=0
  wait "$session" || status=$?
  unset 'sessions[-1]'
  if ((status != 0)); then tail -n 15 "$scratch/$1/log" >&2; fi
  return "$status"
}

add_outrigger() { # one row for each transport asked for
  local program name transport listener_port status_port admin_port
  program=$(type -P "${OUTRIGGER:-$root/outrigger}") || { missing+=("outrigger: no launcher in this checkout"); return 0; }
  for transport in ${transports//,/ }; do
    name="outrigger-$transport"
    mkdir "$scratch/$name"
    take_port && status_port=$port
    take_port && admin_port=$port
    take_port && listener_port=$port
    fill_in outrigger.conf.in "$name"
    check_outrigger "$name" "$program" || { fail_row "$name: its configuration was refused or the build failed"; continue; }
    start "$name" "${clean_env[@]}" "$program" run -c "$scratch/$name/outrigger.conf"
    wait_until_ready "$name" "$session" "$listener_port" 30 || { fail_row "$name did not start"; continue; }
    add_row "$name" "outrigger ($transport)" ''
  done
}

# Which Java runs it with which options, and which transport it took: read from the process, not from what was asked.
describe_outrigger() { # NAME
  local pid java='' transport=${1#outrigger-} options used
  for pid in $(session_pids "${session_of[$1]}"); do
    java=$(readlink "/proc/$pid/exe" 2>/dev/null || true)
    if [[ $java == */java ]]; then break; fi
    java=''
  done
  if [[ ! $java ]]; then return 0; fi
  options=$(tr '\0' '\n' <"/proc/$pid/cmdline" | grep -E '^-X' | grep -v / | tr '\n' ' ' || true)
  version_of[$1]="$("$java" -version 2>&1 | awk 'NR == 2') ${options% }"
  used=$(find "/proc/$pid/fd" -lname 'anon_inode:*' -printf '%l\n' 2>/dev/null | sort -u || true)
  if [[ $used == *io_uring* ]]; then
    used=io_uring
  elif [[ $transport == io_uring ]]; then
    used='io_uring asked for, not in use'
  elif [[ $transport == auto ]]; then
    used='auto, not io_uring'
  else
    used=$transport
  fi
  label_of[$1]="outrigger ($used)"
}
