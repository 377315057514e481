#!/usr/bin/env bash
#
# Makes the images that docker/Dockerfile starts from, where no registry can be reached: Debian by debootstrap, from the mirror
# that this machine has its packages from, and a JDK 25 that is installed here. Both get the names that the Dockerfile has for
# them. Needs root, buildah and debootstrap.
#
#   docker/base-images.sh [JDK]     JDK: its directory, else JAVA_HOME
#
#   BUILDAH   the command with its global options (default "buildah --storage-driver vfs", which works everywhere)
set -euo pipefail

readonly SUITE=bookworm
readonly BASE_IMAGE=debian:bookworm-slim
readonly JDK_IMAGE=eclipse-temurin:25-jdk
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
trap 'rm -rf "$work"' EXIT

debootstrap --variant=minbase "$SUITE" "$work/root" >"$work/log" 2>&1 ||
  fail "debootstrap failed: $(tail -n 3 "$work/log")"
rm -rf "$work/root"/var/cache/apt/archives/*.deb "$work/root"/var/lib/apt/lists/*

container="$("${BUILDAH[@]}" from scratch)"
cp -a "$work/root/." "$("${BUILDAH[@]}" mount "$container")/"
"${BUILDAH[@]}" commit -q --rm "$container" "$BASE_IMAGE" >/dev/null

container="$("${BUILDAH[@]}" from --pull-never "$BASE_IMAGE")"
home="$("${BUILDAH[@]}" mount "$container")/opt/java/openjdk"
mkdir -p "$home"
# Links of a package lead out of its directory, to certificates for one.
cp -rL --preserve=mode,timestamps "$jdk/." "$home/"
"${BUILDAH[@]}" config --env JAVA_HOME=/opt/java/openjdk \
  --env PATH=/opt/java/openjdk/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
"${BUILDAH[@]}" commit -q --rm "$container" "$JDK_IMAGE" >/dev/null
printf '%s\n%s\n' "$BASE_IMAGE" "$JDK_IMAGE"
