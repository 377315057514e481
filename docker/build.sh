#!/usr/bin/env bash
#
# Builds the image with what is here: docker, podman or buildah.
#
#   docker/build.sh [TAG]     TAG: outrigger:VERSION by default, of pom.xml
#
#   ENGINE       docker, podman or buildah, with its global options (default: the first that works)
#   PLATFORM     such as linux/arm64 (default: this machine's)
#   BUILD_ARGS   further arguments for the engine, divided by spaces, such as --build-arg JDK_IMAGE=NAME@sha256:...
#
# Where no registry can be reached, docker/base-images.sh makes the images to start from first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() {
  printf 'build: %s\n' "$1" >&2
  exit 1
}

# Whether $1 is there and does more than be there: a client without its daemon does not.
works() {
  command -v "$1" >/dev/null && "$1" info >/dev/null 2>&1
}

read -r -a engine <<<"${ENGINE:-}"
if [ "${#engine[@]}" -eq 0 ]; then
  for candidate in docker podman buildah; do
    if works "$candidate"; then
      engine=("$candidate")
      break
    fi
  done
fi
[ "${#engine[@]}" -gt 0 ] || fail "found none of docker, podman, buildah that works"

version="$(sed -n 's#^  <version>\(.*\)</version>$#\1#p' pom.xml | head -n 1)"
commit="$(git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)"
# Of the commit, so that a build that is repeated says the same.
created="$(TZ=UTC0 git log -1 --date=format-local:%Y-%m-%dT%H:%M:%SZ --format=%cd 2>/dev/null || true)"
tag="${1:-outrigger:$version}"

arguments=(-f docker/Dockerfile -t "$tag" --build-arg "VERSION=$version" --build-arg "COMMIT=$commit" --build-arg "CREATED=$created")
[ -z "${PLATFORM:-}" ] || arguments+=(--platform "$PLATFORM")
if [ -n "${BUILD_ARGS:-}" ]; then
  read -r -a more <<<"$BUILD_ARGS"
  arguments+=("${more[@]}")
fi

case "$(basename "${engine[0]}")" in
  docker) DOCKER_BUILDKIT=1 "${engine[@]}" build "${arguments[@]}" . ;;
  # The health check is a matter of Docker's format; the other one has no place for it.
  podman) "${engine[@]}" build --format docker --layers "${arguments[@]}" . ;;
  buildah) "${engine[@]}" bud --format docker --layers "${arguments[@]}" . ;;
  *) fail "ENGINE is ${engine[*]}, where docker, podman or buildah was expected" ;;
esac
printf '%s\n' "$tag"
