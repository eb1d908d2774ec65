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

# Merges what the conformance kit wrote about each broker into target/verify/compatibility.md, in the form of
# docs/compatibility.md. Does nothing where the kit has not run or the command line was not built.
write_matrix() {
  local written
  mapfile -t written < <(find "$root" -path '*/target/mq-tck/*.json' -not -name '*-as-*' -not -name '*-virtual.json' | sort)
  if [ ${#written[@]} -gt 0 ] && [ -d "$root/mq-cli/target/mq-cli/lib" ]; then
    "${JAVA_HOME:+$JAVA_HOME/bin/}java" -cp "$root/mq-tck/target/classes:$root/mq-cli/target/mq-cli/lib/*" \
      dev.transload.mq.tck.CompatibilityMatrix "$root/target/verify/compatibility.md" "${written[@]}"
  fi
}

# What the conformance kit wrote about the transports in this build, else what is committed about them.
print_matrix() {
  local written
  written=$(find "$root" -path '*/target/*' -name 'compatibility*.md' -not -path '*/node_modules/*' 2>/dev/null | sort)
  if [ -n "$written" ]; then
    # shellcheck disable=SC2086
    cat $written
  elif [ -f "$root/docs/compatibility.md" ]; then
    cat "$root/docs/compatibility.md"
  fi
}
