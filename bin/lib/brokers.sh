# shellcheck shell=bash
# Brokers for the tests: a Docker engine that answers, images in it, and the variables that tell the fixtures.
# Sourced after common.sh, with $root set to the repository.

engine_log=${TMPDIR:-/tmp}/transload-dockerd.log

engine_answers() { have docker && timeout 20 docker info >/dev/null 2>&1; }

# Whether an engine's process runs on this very machine. A minimal system has no pgrep.
engine_runs() { grep -qsx dockerd /proc/[0-9]*/comm; }

engine_is_local() {
  case ${DOCKER_HOST:-unix:} in
    unix:*) engine_runs ;;
    *) false ;;
  esac
}

# A Docker engine: the one that answers, else one that is installed and started here.
ensure_engine() {
  if engine_answers; then
    return
  fi
  [ -z "${DOCKER_HOST:-}" ] || fail "no Docker engine answers at DOCKER_HOST=$DOCKER_HOST"
  if have docker && docker info 2>&1 | grep -qi 'permission denied'; then
    fail "the Docker engine lets only others in: join the group that owns its socket, or run this as root"
  fi
  PATH=$PATH:/usr/sbin:/sbin
  have dockerd || install docker.io iptables ca-certificates
  have docker || install docker-cli
  if engine_answers; then
    return
  fi
  if ! engine_runs; then
    say "starting a Docker engine; it goes on running when this ends, and logs to $engine_log"
    # In a session of its own, holding none of our files open: whoever waits for us must not wait for it.
    as_root bash -c 'log=$1; shift; exec setsid "$@" >"$log" 2>&1 </dev/null &' _ "$engine_log" dockerd
  fi
  local waited
  for ((waited = 0; waited < 120; waited++)); do
    if engine_answers; then
      return
    fi
    sleep 0.5
  done
  tail -20 "$engine_log" >&2 || true
  fail "the Docker engine does not answer; see $engine_log"
}

# The release lines that the tests cover, as the fixtures have them: BROKER LINE IMAGE, the public image being pinned.
releases() {
  local fixtures=$root/broker-fixtures/src/main/java/dev/transload/mq/fixtures
  releases_in "$fixtures/RabbitMqVersion.java" rabbitmq rabbitmq
  releases_in "$fixtures/KafkaVersion.java" kafka apache/kafka
  releases_in "$fixtures/RedisVersion.java" redis redis
  releases_in "$fixtures/RedisVersion.java" valkey valkey/valkey VALKEY_
  releases_in "$fixtures/SqsVersion.java" localstack localstack/localstack LOCALSTACK
  releases_in "$fixtures/SqsVersion.java" elasticmq softwaremill/elasticmq ELASTICMQ
}

# The constants of an enum of versions: releases_in FILE BROKER PUBLIC_IMAGE [START OF THEIR NAMES]
releases_in() {
  sed -n 's|^ *'"${4:-V}"'[0-9_]*("\([0-9.]*\)", "\([0-9.]*\)")[,;]$|'"$2"' \1 '"$3"':\2|p' "$1"
}

registry_answers() { timeout 15 docker manifest inspect "$1" >/dev/null 2>&1; }

# An image for each version: the one the caller named, else the public one, else one built from packages.
# ensure_images [BROKER]: only those of one broker.
ensure_images() {
  local broker line image variable build=()
  while read -r broker line image; do
    [ "${1:-$broker}" = "$broker" ] || continue
    variable=MQ_TEST_${broker^^}_${line//./_}_IMAGE
    if [ -n "${!variable:-}" ]; then
      say "$broker $line: ${!variable}, as $variable says"
    elif docker image inspect "$image" >/dev/null 2>&1 \
      || { [ ${#build[@]} = 0 ] && registry_answers "$image" && docker pull -q "$image" >/dev/null; }; then
      say "$broker $line: $image"
      export "$variable=$image"
    else
      build+=("$broker:$line")
      export "$variable=transload/$broker:$line"
    fi
  done < <(releases)
  if [ ${#build[@]} -gt 0 ]; then
    say "no registry has an image for ${build[*]}: from packages then"
    PATH=$PATH:/usr/sbin:/sbin have debootstrap || install debootstrap
    [[ "${build[*]}" != *kafka:* && "${build[*]}" != *elasticmq:* ]] || ensure_java
    "$root/broker-fixtures/images/build.sh" "${build[@]}" >/dev/null
  fi
}

# What Testcontainers must know: it needs no images of its own, and where ports are published.
testcontainers_variables() {
  local tiny
  export TESTCONTAINERS_RYUK_DISABLED=true
  tiny=$(docker image ls --quiet --filter reference='transload/debian' | head -1)
  if [ -n "$tiny" ]; then
    export TESTCONTAINERS_TINYIMAGE_CONTAINER_IMAGE
    TESTCONTAINERS_TINYIMAGE_CONTAINER_IMAGE=$(docker image ls --format '{{.Repository}}:{{.Tag}}' \
      --filter reference='transload/debian' | head -1)
  fi
  # Inside a container Testcontainers looks for the engine elsewhere, though this one runs right here.
  if [ -z "${TESTCONTAINERS_HOST_OVERRIDE:-}" ] && engine_is_local; then
    export TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1
  fi
}

# Prints the variables as lines for a shell.
print_variables() {
  local name
  for name in $(compgen -e | grep -E '^(MQ_TEST_|TESTCONTAINERS_)' | sort); do
    printf 'export %s=%q\n' "$name" "${!name}"
  done
}

remove_containers_of_run() {
  local containers
  containers=$(timeout 20 docker ps -aq --filter "label=dev.transload.run=$MQ_TEST_RUN" 2>/dev/null || true)
  # shellcheck disable=SC2086
  [ -z "$containers" ] || docker rm -f $containers >/dev/null 2>&1 || true
}
