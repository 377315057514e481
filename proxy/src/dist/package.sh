#!/usr/bin/env bash
#
# Packs what was built into a release for machines without containers: launcher, jars, list of materials, service, scripts.
#
#   proxy/src/dist/package.sh [DIRECTORY]     prints the archive's name; proxy/target by default
#
# Build first: ./mvnw -pl proxy -am package
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."

fail() {
  printf 'package: %s\n' "$1" >&2
  exit 1
}

into="${1:-proxy/target}"
[ -f proxy/target/outrigger.jar ] || fail "proxy/target/outrigger.jar is missing; build first"
version="$(sed -n 's#^  <version>\(.*\)</version>$#\1#p' pom.xml | head -n 1)"
[ -n "$version" ] || fail "found no version in pom.xml"
commit="$(git rev-parse --short=12 HEAD 2>/dev/null || true)"
# A snapshot is many builds; each has a name of its own.
case "$version" in *-SNAPSHOT) name="outrigger-$version${commit:+-$commit}" ;; *) name="outrigger-$version" ;; esac

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
release="$work/$name"
mkdir -p "$release" "$into"
cp -p proxy/target/outrigger.jar outrigger LICENSE README.md "$release/"
cp -rp proxy/target/lib "$release/lib"
[ ! -f proxy/target/outrigger.cdx.json ] || cp -p proxy/target/outrigger.cdx.json "$release/"
cp -p proxy/src/dist/{outrigger.service,smoke-test.sh,deploy.sh,rollback.sh,machine.sh} "$release/"
cp -p proxy/docs/examples/production.conf "$release/outrigger.conf.example"
# Of the machine that it runs on, these are the only ones with libraries.
find "$release/lib" \( -name '*-osx-*.jar' -o -name '*-windows-*.jar' \) -delete
# The service's user has to read it, whatever the umask was here.
tar -C "$work" --sort=name --mode='u=rwX,go=rX' --owner=0 --group=0 --numeric-owner -czf "$into/$name.tar.gz" "$name"
printf '%s\n' "$into/$name.tar.gz"
