#!/usr/bin/env bash
#
# Installs a release on this machine and starts it: checks the configuration with the new release before anything changes, makes
# its start-up cache, switches, restarts the service, waits until it is ready and asks smoke-test.sh. If the new release does not
# get there, or this script is stopped before, the one before is put back, and the exit code is not 0. Needs root, systemd, and
# Java 25 (17 at least). Whoever makes the archive decides what root runs here.
#
#   deploy.sh RELEASE.tar.gz        as package.sh makes it
#   deploy.sh --smoke               asks smoke-test.sh about what runs, with the options that a deployment gives it
#
# Variables: see machine.sh.
set -euo pipefail
# shellcheck source=proxy/src/dist/machine.sh
. "$(cd -P "$(dirname "${BASH_SOURCE[0]}")" && pwd)/machine.sh"

readonly KEPT=5

[ "$#" -eq 1 ] || {
  printf 'usage: deploy.sh RELEASE.tar.gz | --smoke\n' >&2
  exit 2
}
if [ "$1" = --smoke ]; then
  smoke
  exit
fi
[ -r "$1" ] || fail "$1 can not be read"
[ -r "$CONFIG" ] || fail "$CONFIG is missing; outrigger demo --print-config prints one to begin with"
name="$(tar -tzf "$1" 2>/dev/null | head -n 1 | cut -d / -f 1)" || true
case "$name" in
  outrigger-?*) ;;
  *) fail "$1 is no release: it begins with '$name', where outrigger-VERSION was expected" ;;
esac

mkdir -p "$HOME_OF_RELEASES/releases"
[ ! -e "$HOME_OF_RELEASES/current" ] || [ -L "$HOME_OF_RELEASES/current" ] ||
  fail "$HOME_OF_RELEASES/current is no link: move it to $HOME_OF_RELEASES/releases/outrigger-VERSION, and link there"
lock
release="$HOME_OF_RELEASES/releases/$name"
replaced="$(link replaced)"
[ -n "$replaced" ] || [ "$(link current)" != "releases/$name" ] || fail "$name is the running release"
# A run that was killed leaves a current release that nobody has seen at work, and a directory half full.
earlier="${replaced:-$(link current)}"
earlier="${earlier:-none}"
[ "$earlier" != "releases/$name" ] || fail "$name ran before a deployment that was killed: rollback.sh puts it back"
rm -rf "$HOME_OF_RELEASES"/releases/.new.*

# Puts back what ran before this script.
go_back() {
  if [ "$earlier" = none ]; then
    systemctl disable -q --now "$SERVICE" 9>&-
    rm -f "$HOME_OF_RELEASES/current" "$HOME_OF_RELEASES/replaced"
    say "$name does not work, and there is no release before it to go back to; the service is stopped"
    return
  fi
  say "$name does not work, going back to ${earlier#releases/}"
  switch_to "$earlier"
  rm -f "$HOME_OF_RELEASES/replaced"
  if works; then
    say "$name does not work; ${earlier#releases/} is running again"
  else
    say "${earlier#releases/} is back, but does not work either: this machine needs somebody"
  fi
}

switched=no unpacked=""
finish() {
  # Nothing stops this half-way, and be it that nobody is there any more to read; what it starts can be stopped as ever.
  set +e
  trap : HUP INT PIPE TERM
  [ "$switched" = no ] || go_back >&2
  [ -z "$unpacked" ] || rm -rf "$unpacked"
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 141' PIPE
trap 'exit 143' TERM

if ! id -u "$SERVICE" >/dev/null 2>&1; then
  useradd --system --user-group --no-create-home --shell /usr/sbin/nologin "$SERVICE"
fi
say "unpacking $name"
unpacked="$(mktemp -d "$HOME_OF_RELEASES/releases/.new.XXXXXX")"
chmod 755 "$unpacked"
tar -xzf "$1" -C "$unpacked" --no-same-owner
accepts "$unpacked/$name" || fail "$name refuses $CONFIG; nothing has changed"
rm -rf "$release"
mv "$unpacked/$name" "$release"

# It only makes the start faster, so what goes wrong with it is no reason to stay with the old release.
"$release/outrigger" train || say "starting without a start-up cache"

say "starting $name"
switched=yes
point replaced "$earlier"
switch_to "releases/$name"
systemctl enable -q "$SERVICE"
works || exit 1
# From here on there is nothing to go back for.
trap '' HUP INT PIPE TERM
switched=no
[ "$earlier" = none ] || point previous "$earlier"
rm -f "$HOME_OF_RELEASES/replaced"

# The running one, the one before, and some more to go back to.
find "$HOME_OF_RELEASES/releases" -mindepth 1 -maxdepth 1 -type d -name 'outrigger-*' -printf '%T@ releases/%f\n' | sort -rn |
  cut -d ' ' -f 2 | tail -n "+$((KEPT + 1))" | while IFS= read -r old; do
    case "$old" in "$earlier" | "releases/$name") ;; *) rm -rf "${HOME_OF_RELEASES:?}/$old" ;; esac
  done
say "$name is running"
