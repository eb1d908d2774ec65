#!/usr/bin/env bash
# Builds the broker images that the tests use from Debian packages, Maven artifacts and packages of PyPI, for machines that
# reach no image registry. An image is kept until its recipe (the files in this folder) changes.
#
# usage: build.sh [--force] [--print] [BROKER:LINE...]     such as rabbitmq:4.3 or kafka:4.4; all of them unless given
#   --force   build again even if the recipe has not changed
#   --print   only print the image names, one a line, in the order asked for; build nothing
#
# Needs: a Docker engine that answers, root (or sudo without a password), debootstrap, apt's own sources; Maven for Kafka and
# ElasticMQ.
# MQ_DEBIAN_MIRROR names another Debian mirror than the one in apt's sources, MQ_BUILD_TMP another work folder.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=transload
label=dev.transload.recipe

say() { printf 'images: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

known=(rabbitmq:3.10 rabbitmq:4.0 rabbitmq:4.3 kafka:3.9 kafka:4.4 redis:7.0 redis:8 valkey:9
  localstack:4.4 elasticmq:1.7)

# The Debian release that a broker's image is made of, and the debootstrap script that knows it.
suite_of() {
  case $1 in
    rabbitmq:3.10 | redis:7.0 | localstack:*) echo bookworm ;;
    rabbitmq:4.0 | kafka:* | elasticmq:*) echo trixie ;;
    rabbitmq:4.3 | redis:8 | valkey:9) echo forky ;;
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

# Runs docker build and tells of it only if it fails: build IMAGE RECIPE FOLDER ARGUMENT...
build() {
  local image=$1 recipe=$2 folder=$3 log
  shift 3
  log=$(mktemp "${MQ_BUILD_TMP:-${TMPDIR:-/tmp}}/transload-image.XXXXXX")
  DOCKER_BUILDKIT=0 docker build --force-rm --label "$label=$recipe" --tag "$image" "$@" "$folder" >"$log" 2>&1 \
    || { tail -30 "$log" >&2; rm -f "$log"; fail "$image could not be built"; }
  rm -f "$log"
}

# Builds a RabbitMQ image from the package: rabbitmq LINE RECIPE
rabbitmq() {
  # The host's network, because the default bridge may have no name resolution for the package mirror.
  build "$repository/rabbitmq:$1" "$2" "$here/rabbitmq" --network=host \
    --build-arg "BASE=$repository/debian:$(suite_of "rabbitmq:$1")" --build-arg "VERSION=$1"
}

# Builds a Redis image from the package: redis LINE RECIPE
redis() { redis_like redis "$1" "$2"; }

# Builds a Valkey image from the package: valkey LINE RECIPE
valkey() { redis_like valkey "$1" "$2"; }

redis_like() {
  local image=$1:$2 newer=
  # The newest Redis is in Debian's experimental before it is anywhere else.
  [ "$image" != redis:8 ] || newer="sid experimental"
  build "$repository/$image" "$3" "$here/redis" --network=host --build-arg "BASE=$repository/debian:$(suite_of "$image")" \
    --build-arg "PRODUCT=$1" --build-arg "LINE=$2" --build-arg "SUITES=$newer"
}

# Builds a Kafka image from the artifacts of the release that the fixtures pin: kafka LINE RECIPE
kafka() { from_jars kafka "$1" "$2"; }

# Builds an ElasticMQ image likewise: elasticmq LINE RECIPE
elasticmq() { from_jars elasticmq "$1" "$2"; }

# Builds an image of what Maven fetches by the pom beside its recipe: from_jars BROKER LINE RECIPE
from_jars() {
  local broker=$1 suite jre jre_recipe release
  suite=$(suite_of "$broker:$2")
  jre=$repository/jre:$suite
  jre_recipe=$(hash_of "$here"/jre/*)
  release=$(release_of "$broker" "$2")
  if [ -n "$force" ] || [ "$(recipe_of "$jre")" != "$jre_recipe" ]; then
    build "$jre" "$jre_recipe" "$here/jre" --network=host --build-arg "BASE=$repository/debian:$suite"
  fi
  work=$(mktemp -d "${MQ_BUILD_TMP:-${TMPDIR:-/tmp}}/transload-$broker.XXXXXX")
  cp "$here/$broker"/* "$work"
  command -v mvn >/dev/null || fail "Maven is missing: apt-get install maven"
  # Offline first: with a warm repository nothing is asked of the network.
  jars -o >"$work/log" 2>&1 || jars >"$work/log" 2>&1 || { tail -20 "$work/log" >&2; fail "no $broker $release"; }
  # It runs once while it is built, without a network but with a loopback.
  build "$repository/$broker:$2" "$3" "$work" --network=none --build-arg "BASE=$jre"
  rm -rf "$work"
  work=
}

jars() {
  mvn -B -q -ntp "$@" -f "$work/pom.xml" dependency:copy-dependencies "-D$broker.version=$release" \
    "-DoutputDirectory=$work/libs" </dev/null
}

# Builds a LocalStack image from its packages on PyPI: localstack LINE RECIPE
localstack() {
  build "$repository/localstack:$1" "$2" "$here/localstack" --network=host --build-arg PIP_INDEX_URL \
    --build-arg "BASE=$repository/debian:$(suite_of "localstack:$1")" --build-arg "RELEASE=$(release_of localstack "$1")"
}

# The release of a line that the fixtures pin: release_of BROKER LINE
release_of() {
  local versions=$here/../src/main/java/dev/transload/mq/fixtures
  case $1 in
    kafka) versions=$versions/KafkaVersion.java ;;
    localstack | elasticmq) versions=$versions/SqsVersion.java ;;
  esac
  sed -n "s/^ *[A-Z][A-Z0-9_]*(\"$2\", \"\([0-9.]*\)\").*/\1/p" "$versions"
}

# Builds an image unless it is there: ensure BROKER:LINE
ensure() {
  local broker=${1%%:*} line=${1#*:} base_recipe recipe image="$repository/$1" started=$SECONDS
  base_recipe=$(declare -f base | sha256sum | cut -c1-16)
  case $broker in
    rabbitmq) recipe=$base_recipe-$(hash_of "$here"/rabbitmq/*) ;;
    redis | valkey) recipe=$base_recipe-$(hash_of "$here"/redis/*)-$(declare -f redis_like | sha256sum | cut -c1-8) ;;
    kafka) recipe=$base_recipe-$(hash_of "$here"/jre/* "$here"/kafka/*)-$(release_of kafka "$line") ;;
    elasticmq) recipe=$base_recipe-$(hash_of "$here"/jre/* "$here"/elasticmq/*)-$(release_of elasticmq "$line") ;;
    localstack) recipe=$base_recipe-$(hash_of "$here"/localstack/*)-$(release_of localstack "$line") ;;
  esac
  if [ -z "$force" ] && [ "$(recipe_of "$image")" = "$recipe" ]; then
    say "$image is up to date"
    return
  fi
  base "$(suite_of "$1")" "$base_recipe"
  say "building $image"
  "$broker" "$line" "$recipe"
  docker image prune --force --filter "label=$label" >/dev/null 2>&1 || true
  say "$image ready after $((SECONDS - started)) s"
}

work=
trap '[ -z "$work" ] || as_root rm -rf "$work"' EXIT

force=
print=
images=()
for argument in "$@"; do
  case $argument in
    --force) force=yes ;;
    --print) print=yes ;;
    -h | --help) sed -n '2,/^set /{/^set /!s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"; exit 0 ;;
    *)
      [[ " ${known[*]} " == *" $argument "* ]] || fail "no recipe for $argument (known: ${known[*]})"
      images+=("$argument")
      ;;
  esac
done
[ ${#images[@]} -gt 0 ] || images=("${known[@]}")

if [ -z "$print" ]; then
  docker info >/dev/null 2>&1 || fail "no Docker engine answers; start one (bin/verify does) and try again"
fi
for image in "${images[@]}"; do
  [ -n "$print" ] || ensure "$image"
  echo "$repository/$image"
done
