#!/usr/bin/env bash
#
# What deploy.sh and rollback.sh both do on a machine; they read it, nobody runs it.
#
# The variables come from the environment or, as sudo hands none on, from lines NAME=VALUE of DEPLOY_SETTINGS. They are not
# called OUTRIGGER_..., which would be keys of the configuration to the sidecar.
#   DEPLOY_SETTINGS   the file with the others (default /etc/outrigger/deploy)
#   DEPLOY_HOME       where releases are kept (default /opt/outrigger)
#   DEPLOY_CONFIG     the configuration (default /etc/outrigger/outrigger.conf)
#   DEPLOY_MCP        the MCP endpoint to try (default http://127.0.0.1:15006/mcp)
#   DEPLOY_STATUS     the status port (default http://127.0.0.1:9465)
#   DEPLOY_SMOKE      further options of smoke-test.sh, divided by spaces: --token-file FILE, -H @FILE, --cacert FILE
#   DEPLOY_READY_IN   seconds until the sidecar has to be ready (default 60)
#   DEPLOY_UNITS      where the service's unit goes (default /etc/systemd/system)
#
# Links in DEPLOY_HOME: "current" is the release that runs, "previous" the one before. "replaced" is there while nobody knows yet
# whether the current one works, and leads to the one before it, or to "none".

# Releases have to be readable for the service's user, whatever the administrator's own files are.
umask 022

say() {
  printf '%s: %s\n' "$(basename "$0" .sh)" "$*"
}

fail() {
  say "$*" >&2
  exit 1
}

read_settings() {
  local file="${DEPLOY_SETTINGS:-/etc/outrigger/deploy}" name value
  [ -e "$file" ] || return 0
  while IFS='=' read -r name value || [ -n "$name" ]; do
    case "$name" in
      '' | '#'*) ;;
      DEPLOY_HOME | DEPLOY_CONFIG | DEPLOY_MCP | DEPLOY_STATUS | DEPLOY_SMOKE | DEPLOY_READY_IN | DEPLOY_UNITS)
        value="${value#\"}" value="${value%\"}"
        [ -n "${!name+set}" ] || declare -g "$name=$value"
        ;;
      *) fail "$file: $name is unknown" ;;
    esac
  done <"$file"
}

read_settings
readonly HOME_OF_RELEASES="${DEPLOY_HOME:-/opt/outrigger}"
readonly CONFIG="${DEPLOY_CONFIG:-/etc/outrigger/outrigger.conf}"
readonly MCP="${DEPLOY_MCP:-http://127.0.0.1:15006/mcp}"
readonly STATUS="${DEPLOY_STATUS:-http://127.0.0.1:9465}"
readonly READY_IN="${DEPLOY_READY_IN:-60}"
readonly UNIT="${DEPLOY_UNITS:-/etc/systemd/system}/outrigger.service"
readonly SERVICE=outrigger
read -r -a SMOKE <<<"${DEPLOY_SMOKE:-}"

# One at a time: two would undo each other.
lock() {
  exec 9>"$HOME_OF_RELEASES/deploy.lock"
  # What a killed run has started may hold it for a moment longer.
  flock -w 5 9 || fail "another deploy.sh or rollback.sh is at work in $HOME_OF_RELEASES"
}

# Where link $1 leads to; nothing without one.
link() {
  readlink "$HOME_OF_RELEASES/$1" || true
}

# A link is replaced as a whole: there is no moment without one.
point() {
  ln -sfn "$2" "$HOME_OF_RELEASES/.$1"
  mv -Tf "$HOME_OF_RELEASES/.$1" "$HOME_OF_RELEASES/$1"
}

# Whether the release in $1 takes the configuration, asked as the service would be: by its user, with its environment.
accepts() {
  systemd-run --quiet --wait --pipe --collect --uid="$SERVICE" --property=EnvironmentFile=-/etc/outrigger/environment \
    -- "$1/outrigger" check -c "$CONFIG" </dev/null
}

# Makes release $1 (releases/NAME) the one that the service starts next, by its own unit.
switch_to() {
  local unit="$HOME_OF_RELEASES/$1/outrigger.service"
  point current "$1"
  if [ -f "$unit" ] && ! cmp -s "$unit" "$UNIT"; then
    say "installing $UNIT"
    install -m 0644 "$unit" "$UNIT"
    systemctl daemon-reload
  fi
}

# Whether the current release passes its smoke test.
smoke() {
  "$HOME_OF_RELEASES/current/smoke-test.sh" --mcp "$MCP" --status "$STATUS" ${SMOKE[@]+"${SMOKE[@]}"}
}

# Whether the service restarts, gets ready in time, and does what it is there for.
works() {
  # A release that ended again and again has used up the starts that the unit allows in a minute.
  systemctl reset-failed "$SERVICE" 2>/dev/null || true
  systemctl restart "$SERVICE" 9>&- || {
    say "$SERVICE does not restart: journalctl -u $SERVICE"
    return 1
  }
  local deadline=$((SECONDS + READY_IN))
  until curl -fs -m 2 -o /dev/null "$STATUS/ready"; do
    [ "$SECONDS" -lt "$deadline" ] || {
      say "not ready after $READY_IN s: $(curl -s -m 2 "$STATUS/ready" || echo "$STATUS gives no answer")"
      return 1
    }
    read -r -t 0.2 <> <(:) || true
  done
  smoke
}
