# shellcheck shell=bash
# What the tests said, from the reports that Surefire and Failsafe leave. Sourced, with $root set.

# The report files of the last build: reports [MODULE]
reports() {
  find "$root/${1:-}" -path '*/target/*' \( -path '*/surefire-reports/TEST-*.xml' -o -path '*/failsafe-reports/TEST-*.xml' \) \
    -not -path '*/node_modules/*' 2>/dev/null | sort
}

# Adds up reports, read as file names: prints "passed failed skipped seconds".
tally() {
  local file
  while read -r file; do
    grep -m1 -o '<testsuite [^>]*>' "$file" || true
  done | awk '
    function value(name,  text) {
      if (!match($0, " " name "=\"[^\"]*\"")) return 0
      text = substr($0, RSTART, RLENGTH); gsub(/[^0-9.]/, "", text); return text + 0
    }
    { tests += value("tests"); failed += value("failures") + value("errors")
      skipped += value("skipped"); seconds += value("time") }
    END { printf "%d %d %d %d\n", tests - failed - skipped, failed, skipped, seconds }'
}

# A line for each module that ran tests.
print_modules() {
  local pom module passed failed skipped seconds
  printf '%-24s %8s %8s %8s %8s\n' module passed failed skipped seconds
  for pom in "$root"/*/pom.xml; do
    module=$(basename "$(dirname "$pom")")
    read -r passed failed skipped seconds < <(reports "$module" | tally)
    if [ $((passed + failed + skipped)) -gt 0 ]; then
      printf '%-24s %8d %8d %8d %8d\n' "$module" "$passed" "$failed" "$skipped" "$seconds"
    fi
  done
}

# Makes pages of the certificates that the conformance kit wrote about each broker, in target/verify/docs: those in docs,
# and compatibility.html. Does nothing where the kit has not run or the command line was not built.
write_matrix() {
  local written cli=$root/mq-cli/target/mq-cli
  mapfile -t written < <(find "$root" -path '*/transport-*/target/mq-tck/*.json' -not -name '*-as-*' \
    -not -name '*-virtual.json' | sort)
  rm -rf "$root/target/verify/docs"
  if [ ${#written[@]} -gt 0 ] && [ -d "$cli/tck" ]; then
    "${JAVA_HOME:+$JAVA_HOME/bin/}java" -cp "$root/mq-tck/target/classes:$cli/lib/*:$cli/tck/*" \
      dev.transload.mq.tck.CompatibilityMatrix "$root/target/verify/docs" "${written[@]}"
  fi
}

# Whether the pages in docs are those that this build would write; with "update" they are written: check_pages NAME... [update]
check_pages() {
  local page status=0 update=
  [ "${*: -1}" != update ] || update=yes
  for page in "$@"; do
    if [ "$page" = update ] || [ ! -f "$root/target/verify/docs/$page" ]; then
      continue
    fi
    if [ -n "$update" ]; then
      cp "$root/target/verify/docs/$page" "$root/docs/$page"
    elif ! diff -u "$root/docs/$page" "$root/target/verify/docs/$page" >"$root/target/verify/$page.diff" 2>&1; then
      say "docs/$page is out of date: run bin/verify --update-docs and commit it (differences: target/verify/$page.diff)"
      status=1
    fi
  done
  return "$status"
}

# The matrix of this build, else what is committed.
print_matrix() {
  local page=$root/target/verify/docs/compatibility.md
  [ -f "$page" ] || page=$root/docs/compatibility.md
  if [ -f "$page" ]; then
    # The rules of each group follow; they are in the file.
    awk '/^## To be honest/ { tail = 1 } tail && /^## / && !/honest/ { exit } { print }' "$page"
  fi
}
