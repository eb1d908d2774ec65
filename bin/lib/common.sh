# shellcheck shell=bash
# Shared by the commands in bin: speaking, and getting what a machine lacks. Sourced, never run.

say() { printf '%s\n' "$*" >&2; }

step() { printf '\n== %s\n' "$*" >&2; }

fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    have sudo && sudo -n true 2>/dev/null || fail "needs root for: $*. Run it as root, or install what it installs yourself"
    sudo -n "$@"
  fi
}

# Installs Debian packages: install PACKAGE...
install() {
  have apt-get || fail "missing here, and there is no apt-get to install them with: $*"
  say "installing $*"
  local log
  log=$(mktemp)
  # An index that is old or missing is the usual reason for a failure, so it is fetched first.
  if ! { as_root apt-get -q update && as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get -q install -y --no-install-recommends "$@"; } </dev/null >"$log" 2>&1; then
    tail -20 "$log" >&2
    rm -f "$log"
    fail "apt-get could not install $*"
  fi
  rm -f "$log"
}

# The first of the packages that apt knows: first_known PACKAGE...
first_known() {
  local package
  for package in "$@"; do
    if apt-cache show "$package" >/dev/null 2>&1; then
      echo "$package"
      return
    fi
  done
  echo "$1"
}

# The feature release of a java program: java_release /path/to/java
java_release() {
  "$1" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.specification\.version = \([0-9]*\).*/\1/p'
}

# A JDK 17 or newer and Maven, as the build needs them.
ensure_java() {
  local release=0
  if [ -n "${JAVA_HOME:-}" ] && [ -x "$JAVA_HOME/bin/javac" ]; then
    release=$(java_release "$JAVA_HOME/bin/java")
  elif have java && have javac; then
    release=$(java_release "$(command -v java)")
  fi
  if [ "${release:-0}" -lt 17 ]; then
    [ -z "${JAVA_HOME:-}" ] || fail "JAVA_HOME ($JAVA_HOME) has no JDK 17 or newer; point it at one, or unset it"
    as_root apt-get -q update >/dev/null 2>&1 </dev/null || true
    install "$(first_known openjdk-17-jdk-headless openjdk-21-jdk-headless default-jdk-headless)"
  fi
  have mvn || install maven
}

# Node.js and npm, for the programs that speak to us over the wire in another language.
ensure_node() {
  if ! have node || ! have npm; then
    install nodejs npm
  fi
}

# Python with venv, for the same. An interpreter that was not made for it has venv without what fills it.
ensure_python() {
  if ! have python3 || ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
    install python3 python3-venv
  fi
}
