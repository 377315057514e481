#!/usr/bin/env bash
#
# Makes the images that docker/Dockerfile starts from, where no registry can be reached: Debian by debootstrap, with its updates
# of security, and a JDK 25 that is installed here. Both get the names that the Dockerfile has for them. Needs root, buildah and
# debootstrap.
#
#   docker/base-images.sh [JDK]     JDK: its directory, else JAVA_HOME
#
#   MIRROR    where Debian's packages are (default http://deb.debian.org/debian)
#   SECURITY  where its updates of security are (default http://deb.debian.org/debian-security)
#   BUILDAH   the command with its global options (default "buildah --storage-driver vfs", which works everywhere)
set -euo pipefail

readonly SUITE=bookworm
readonly BASE_IMAGE=debian:bookworm-slim
readonly JDK_IMAGE=eclipse-temurin:25-jdk
readonly MIRROR="${MIRROR:-http://deb.debian.org/debian}"
readonly SECURITY="${SECURITY:-http://deb.debian.org/debian-security}"
read -r -a BUILDAH <<<"${BUILDAH:-buildah --storage-driver vfs}"

fail() {
  printf 'base-images: %s\n' "$1" >&2
  exit 1
}

for tool in "${BUILDAH[0]}" debootstrap; do
  command -v "$tool" >/dev/null || fail "$tool is missing"
done
[ "$(id -u)" -eq 0 ] || fail "needs root, as debootstrap does"
jdk="${1:-${JAVA_HOME:-}}"
grep -qs '^JAVA_VERSION="25[.\"]' "$jdk/release" ||
  fail "${jdk:-JAVA_HOME} is no JDK 25; name one"

work="$(mktemp -d)"
container=""
clean() {
  [ -z "$container" ] || "${BUILDAH[@]}" rm "$container" >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap clean EXIT

debootstrap --variant=minbase "$SUITE" "$work/root" "$MIRROR" >"$work/log" 2>&1 ||
  fail "debootstrap failed: $(tail -n 3 "$work/log")"
# What is installed there is upgraded by these, and what the Dockerfile takes comes from them.
printf 'deb %s %s main\n' "$MIRROR" "$SUITE" "$MIRROR" "$SUITE-updates" "$SECURITY" "$SUITE-security" \
  >"$work/root/etc/apt/sources.list"
for command in 'apt-get update -qq' 'apt-get upgrade -y -qq' 'apt-get clean'; do
  # shellcheck disable=SC2086 # words of a command
  DEBIAN_FRONTEND=noninteractive chroot "$work/root" $command >"$work/log" 2>&1 ||
    fail "$command failed: $(tail -n 3 "$work/log")"
done
rm -rf "$work/root"/var/lib/apt/lists/*

container="$("${BUILDAH[@]}" from scratch)"
cp -a "$work/root/." "$("${BUILDAH[@]}" mount "$container")/"
"${BUILDAH[@]}" commit -q --rm "$container" "$BASE_IMAGE" >/dev/null
container=""

container="$("${BUILDAH[@]}" from --pull-never "$BASE_IMAGE")"
home="$("${BUILDAH[@]}" mount "$container")/opt/java/openjdk"
mkdir -p "$home"
# Links of a package lead out of its directory, to certificates for one.
cp -rL --preserve=mode,timestamps "$jdk/." "$home/"
"${BUILDAH[@]}" config --env JAVA_HOME=/opt/java/openjdk \
  --env PATH=/opt/java/openjdk/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
"${BUILDAH[@]}" commit -q --rm "$container" "$JDK_IMAGE" >/dev/null
container=""
printf '%s\n%s\n' "$BASE_IMAGE" "$JDK_IMAGE"
