#!/usr/bin/env bash
#
# Installs a release on this machine and starts it: checks the configuration with the new release before anything changes, makes
# its start-up cache, switches, restarts the service, waits until it is ready and asks smoke-test.sh. If the new release does not
# get there, the one before is put back, and the exit code is 1. Needs root, systemd, and Java 25 (17 at least).
#
#   deploy.sh RELEASE.tar.gz        as package.sh makes it
#
# The variables are not called OUTRIGGER_..., which would be keys of the configuration to the sidecar.
#   DEPLOY_HOME       where releases are kept (default /opt/outrigger)
#   DEPLOY_CONFIG     the configuration (default /etc/outrigger/outrigger.conf)
#   DEPLOY_MCP        the MCP endpoint to try (default http://127.0.0.1:15006/mcp)
#   DEPLOY_STATUS     the status port (default http://127.0.0.1:9465)
#   DEPLOY_READY_IN   seconds until the sidecar has to be ready (default 60)
#   DEPLOY_UNITS      where the service's unit goes (default /etc/systemd/system)
set -euo pipefail

readonly HOME_OF_RELEASES="${DEPLOY_HOME:-/opt/outrigger}"
readonly CONFIG="${DEPLOY_CONFIG:-/etc/outrigger/outrigger.conf}"
readonly MCP="${DEPLOY_MCP:-http://127.0.0.1:15006/mcp}"
readonly STATUS="${DEPLOY_STATUS:-http://127.0.0.1:9465}"
readonly READY_IN="${DEPLOY_READY_IN:-60}"
readonly UNIT="${DEPLOY_UNITS:-/etc/systemd/system}/outrigger.service"
readonly SERVICE=outrigger
readonly KEPT=5
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

say() {
  printf 'deploy: %s\n' "$*"
}

fail() {
  say "$*" >&2
  exit 1
}

[ "$#" -eq 1 ] || {
  printf 'usage: deploy.sh RELEASE.tar.gz\n' >&2
  exit 2
}
[ -r "$1" ] || fail "$1 can not be read"
[ -r "$CONFIG" ] || fail "$CONFIG is missing; outrigger demo --print-config prints one to begin with"
name="$(tar -tzf "$1" 2>/dev/null | head -n 1 | cut -d / -f 1)" || true
case "$name" in
  outrigger-?*) ;;
  *) fail "$1 is no release: it begins with '$name', where outrigger-VERSION was expected" ;;
esac

# One at a time: two would undo each other.
mkdir -p "$HOME_OF_RELEASES/releases"
exec 9>"$HOME_OF_RELEASES/deploy.lock"
flock -n 9 || fail "another deploy.sh or rollback.sh is at work in $HOME_OF_RELEASES"

release="$HOME_OF_RELEASES/releases/$name"
current="$(readlink "$HOME_OF_RELEASES/current" 2>/dev/null || true)"
[ "$current" != "releases/$name" ] || fail "$name is the running release"

say "unpacking $name"
unpacked="$(mktemp -d "$HOME_OF_RELEASES/releases/.new.XXXXXX")"
trap 'rm -rf "$unpacked"' EXIT
tar -xzf "$1" -C "$unpacked" --no-same-owner
"$unpacked/$name/outrigger" check -c "$CONFIG" || fail "$name refuses $CONFIG; nothing has changed"
rm -rf "$release"
mv "$unpacked/$name" "$release"

# It only makes the start faster, so what goes wrong with it is no reason to stay with the old release.
"$release/outrigger" train || say "starting without a start-up cache"

if command -v useradd >/dev/null && ! id -u outrigger >/dev/null 2>&1; then
  useradd --system --no-create-home --shell /usr/sbin/nologin outrigger
fi
if ! cmp -s "$release/outrigger.service" "$UNIT"; then
  say "installing $UNIT"
  install -m 0644 "$release/outrigger.service" "$UNIT"
  systemctl daemon-reload
  systemctl enable -q "$SERVICE"
fi

# A link is replaced as a whole: there is no moment without one.
point() {
  ln -sfn "$2" "$HOME_OF_RELEASES/.$1"
  mv -Tf "$HOME_OF_RELEASES/.$1" "$HOME_OF_RELEASES/$1"
}

[ -z "$current" ] || point previous "$current"
point current "releases/$name"

# Whether the service restarts, gets ready in time, and does what it is there for.
works() {
  systemctl restart "$SERVICE" 9>&- || return 1
  local deadline=$((SECONDS + READY_IN))
  until curl -fs -m 2 -o /dev/null "$STATUS/ready"; do
    [ "$SECONDS" -lt "$deadline" ] || {
      say "not ready after $READY_IN s: $(curl -s -m 2 "$STATUS/ready" || echo "$STATUS gives no answer")"
      return 1
    }
    read -r -t 0.2 <> <(:) || true
  done
  "$release/smoke-test.sh" --mcp "$MCP" --status "$STATUS"
}

say "starting $name"
if ! works; then
  [ -n "$current" ] || fail "$name does not work, and there is no release before it to go back to"
  say "$name does not work, going back to ${current#releases/}"
  exec 9>&-
  "$here/rollback.sh" || fail "going back failed, too: this machine needs somebody"
  fail "$name does not work; ${current#releases/} is running again"
fi

# The running one, the one before, and some more to go back to.
find "$HOME_OF_RELEASES/releases" -mindepth 1 -maxdepth 1 -type d -name 'outrigger-*' -printf '%T@ releases/%f\n' | sort -rn |
  cut -d ' ' -f 2 | tail -n "+$((KEPT + 1))" | while IFS= read -r old; do
    case "$old" in "$current" | "releases/$name") ;; *) rm -rf "${HOME_OF_RELEASES:?}/$old" ;; esac
  done
say "$name is running"
