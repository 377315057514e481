#!/usr/bin/env bash
#
# Goes back to a release that was there before: the one before the running one, or the one that is named. Puts back its unit,
# restarts the service, waits until it is ready and asks smoke-test.sh. What is left then becomes the one to go back to, so that a
# second call goes forward again.
#
#   rollback.sh [outrigger-VERSION]
#
# Variables: see machine.sh.
set -euo pipefail
# shellcheck source=proxy/src/dist/machine.sh
. "$(cd -P "$(dirname "${BASH_SOURCE[0]}")" && pwd)/machine.sh"

[ -d "$HOME_OF_RELEASES/releases" ] || fail "$HOME_OF_RELEASES holds no releases"
lock

left="$(link current)"
target="$(link previous)"
replaced="$(link replaced)"
# What a killed deploy.sh has left was never seen at work, so it is nothing to go back to.
[ -z "$replaced" ] || target="${replaced#none}" left=""
[ "$#" -eq 0 ] || target="releases/$1"
[ -n "$target" ] || fail "there is no release to go back to"
[ "$target" != "$left" ] || fail "${target#releases/} is the running release"
[ -x "$HOME_OF_RELEASES/$target/outrigger" ] ||
  fail "${target#releases/} is not there any more; there are: $(cd "$HOME_OF_RELEASES/releases" && echo outrigger-*)"
# An older release may not know what the configuration says by now.
accepts "$HOME_OF_RELEASES/$target" ||
  fail "${target#releases/} refuses $CONFIG: put back the configuration that it ran with; nothing has changed"

[ -z "$left" ] || point previous "$left"
switch_to "$target"
rm -f "$HOME_OF_RELEASES/replaced"
works || fail "${target#releases/} is current, but does not work: journalctl -u $SERVICE"
say "${target#releases/} is running"
