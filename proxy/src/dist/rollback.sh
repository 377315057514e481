#!/usr/bin/env bash
#
# Goes back to a release that was there before: the one before the running one, or the one that is named. Restarts the service
# and waits until it is ready. What is left then becomes the one to go back to, so that a second call goes forward again.
#
#   rollback.sh [outrigger-VERSION]
#
# The variables are those of deploy.sh: DEPLOY_HOME, DEPLOY_CONFIG, DEPLOY_STATUS, DEPLOY_READY_IN.
set -euo pipefail

readonly HOME_OF_RELEASES="${DEPLOY_HOME:-/opt/outrigger}"
readonly CONFIG="${DEPLOY_CONFIG:-/etc/outrigger/outrigger.conf}"
readonly STATUS="${DEPLOY_STATUS:-http://127.0.0.1:9465}"
readonly READY_IN="${DEPLOY_READY_IN:-60}"
readonly SERVICE=outrigger

fail() {
  printf 'rollback: %s\n' "$*" >&2
  exit 1
}

[ -d "$HOME_OF_RELEASES/releases" ] || fail "$HOME_OF_RELEASES holds no releases"
exec 9>"$HOME_OF_RELEASES/deploy.lock"
flock -n 9 || fail "another deploy.sh or rollback.sh is at work in $HOME_OF_RELEASES"

left="$(readlink "$HOME_OF_RELEASES/current" || true)"
target="$(readlink "$HOME_OF_RELEASES/previous" || true)"
[ "$#" -eq 0 ] || target="releases/$1"
[ -n "$target" ] || fail "there is no release to go back to"
[ "$target" != "$left" ] || fail "${target#releases/} is the running release"
[ -x "$HOME_OF_RELEASES/$target/outrigger" ] ||
  fail "${target#releases/} is not there any more; there are: $(cd "$HOME_OF_RELEASES/releases" && echo outrigger-*)"
# An older release may not know what the configuration says by now.
"$HOME_OF_RELEASES/$target/outrigger" check -c "$CONFIG" ||
  fail "${target#releases/} refuses $CONFIG: put back the configuration that it ran with; nothing has changed"

point() {
  ln -sfn "$2" "$HOME_OF_RELEASES/.$1"
  mv -Tf "$HOME_OF_RELEASES/.$1" "$HOME_OF_RELEASES/$1"
}

point current "$target"
[ -z "$left" ] || point previous "$left"
systemctl restart "$SERVICE" 9>&- || fail "$SERVICE does not restart: journalctl -u $SERVICE"
deadline=$((SECONDS + READY_IN))
until curl -fs -m 2 -o /dev/null "$STATUS/ready"; do
  [ "$SECONDS" -lt "$deadline" ] || fail "${target#releases/} is not ready after $READY_IN s: journalctl -u $SERVICE"
  read -r -t 0.2 <> <(:) || true
done
printf 'rollback: %s is running\n' "${target#releases/}"
