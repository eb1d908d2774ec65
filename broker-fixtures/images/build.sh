#!/usr/bin/env bash
# Builds the broker images that the tests use from Debian packages, for machines that reach no image registry.
# An image is kept until its recipe (the files in this folder) changes.
#
# usage: build.sh [--force] [--print] [3.10] [4.0] [4.3]     without a version: all of them
#   --force   build again even if the recipe has not changed
#   --print   only print the image names, one a line, in the order of the versions; build nothing
#
# Needs: a Docker engine that answers, root (or sudo without a password), debootstrap, apt's own sources.
# MQ_DEBIAN_MIRROR names another Debian mirror than the one in apt's sources, MQ_BUILD_TMP another work folder.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=transload
label=dev.transload.recipe

say() { printf 'images: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# The Debian release that ships a version of RabbitMQ, and the debootstrap script that knows it.
suite_of() {
  case $1 in
    3.10) echo bookworm ;;
    4.0) echo trixie ;;
    4.3) echo forky ;;
    *) fail "no recipe for RabbitMQ $1 (known: 3.10, 4.0, 4.3)" ;;
  esac
}
script_of() {
  case $1 in
    forky) echo sid ;;
    *) echo "$1" ;;
  esac
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

mirror() {
  if [ -n "${MQ_DEBIAN_MIRROR:-}" ]; then
    printf '%s\n' "$MQ_DEBIAN_MIRROR"
    return
  fi
  local found
  found=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT) $(ORIGIN)' 'Created-By: Packages' 2>/dev/null \
    | awk '$4 == "Debian" && $3 == "main" && $2 !~ /security|updates|backports/ {print $1; exit}')
  [ -n "$found" ] || fail "apt knows no Debian mirror here; set MQ_DEBIAN_MIRROR to one"
  printf '%s\n' "${found%/}"
}

hash_of() { cat "$@" | sha256sum | cut -c1-16; }

recipe_of() { docker image inspect --format "{{index .Config.Labels \"$label\"}}" "$1" 2>/dev/null || true; }

# Imports a minimal Debian as an image: base SUITE RECIPE
base() {
  local suite=$1 image="$repository/debian:$1" recipe=$2 root from started=$SECONDS
  if [ -z "$force" ] && [ "$(recipe_of "$image")" = "$recipe" ]; then return; fi
  command -v debootstrap >/dev/null || PATH=$PATH:/usr/sbin command -v debootstrap >/dev/null \
    || fail "debootstrap is missing: apt-get install debootstrap"
  from=$(mirror)
  work=$(mktemp -d "${MQ_BUILD_TMP:-${TMPDIR:-/tmp}}/transload-base.XXXXXX")
  root=$work/root
  say "importing Debian $suite"
  PATH=$PATH:/usr/sbin:/sbin as_root debootstrap --variant=minbase "$suite" "$root" "$from" "$(script_of "$suite")" \
    >"$work/log" 2>&1 || { tail -20 "$work/log" >&2; fail "debootstrap $suite failed"; }
  # apt inside the image asks the way apt asks here: proxies, certificates and the like.
  apt-config dump | { grep -E '^Acquire::(http|https|Check|Retries|Proxy)' || true; } \
    | as_root tee "$root/etc/apt/apt.conf.d/99builder" >/dev/null
  if [ -f /etc/ssl/certs/ca-certificates.crt ]; then
    as_root mkdir -p "$root/etc/ssl/certs"
    as_root cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
  fi
  as_root rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/usr/share/{doc,man,locale}/* "$root"/var/log/*.log
  as_root tar -C "$root" -c . | docker import --change "LABEL $label=$recipe" - "$image" >/dev/null
  as_root rm -rf "$work"
  work=
  say "$image ready after $((SECONDS - started)) s"
}

# Builds a RabbitMQ image: rabbitmq VERSION
rabbitmq() {
  local version=$1 suite image recipe base_recipe started=$SECONDS
  suite=$(suite_of "$version")
  image="$repository/rabbitmq:$version"
  base_recipe=$(declare -f base | sha256sum | cut -c1-16)
  recipe=$base_recipe-$(hash_of "$here"/rabbitmq/*)
  if [ -z "$force" ] && [ "$(recipe_of "$image")" = "$recipe" ]; then
    say "$image is up to date"
    return
  fi
  base "$suite" "$base_recipe"
  say "building $image"
  work=$(mktemp -d "${MQ_BUILD_TMP:-${TMPDIR:-/tmp}}/transload-image.XXXXXX")
  # The host's network, because the default bridge may have no name resolution for the package mirror.
  DOCKER_BUILDKIT=0 docker build --network=host --force-rm \
    --build-arg "BASE=$repository/debian:$suite" --build-arg "VERSION=$version" \
    --label "$label=$recipe" --tag "$image" "$here/rabbitmq" >"$work/log" 2>&1 \
    || { tail -30 "$work/log" >&2; fail "$image could not be built"; }
  rm -rf "$work"
  work=
  docker image prune --force --filter "label=$label" >/dev/null 2>&1 || true
  say "$image ready after $((SECONDS - started)) s"
}

work=
trap '[ -z "$work" ] || as_root rm -rf "$work"' EXIT

force=
print=
versions=()
for argument in "$@"; do
  case $argument in
    --force) force=yes ;;
    --print) print=yes ;;
    -h | --help) sed -n '2,/^set /{/^set /!s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) suite_of "$argument" >/dev/null; versions+=("$argument") ;;
  esac
done
[ ${#versions[@]} -gt 0 ] || versions=(3.10 4.0 4.3)

if [ -z "$print" ]; then
  docker info >/dev/null 2>&1 || fail "no Docker engine answers; start one (bin/verify does) and try again"
fi
for version in "${versions[@]}"; do
  [ -n "$print" ] || rabbitmq "$version"
  echo "$repository/rabbitmq:$version"
done
