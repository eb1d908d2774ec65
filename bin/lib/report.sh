# shellcheck shell=bash
# What the tests said, from what Maven logged. Sourced, with $root set.
#
# The report files would say too little: those of a test that runs in several suites bear the same name, so that the last
# one is all that is left. The log has a line for each run of tests, without the time that the lines of classes have.

# The runs of tests in a log: prints "module tests failed skipped" for each. Where two modules are built at a time, a run
# belongs to the module that goes on next; one of unit tests that fails ends its module, which goes on no more.
runs() {
  awk '
    function take(module, failing,  i) {
      delete running[module]
      for (i = 1; i <= ended; i++)
        if ((i in count) && (failures[i] > 0) == failing) {
          print module, count[i]
          delete count[i]
          return 1
        }
      return 0
    }
    /^\[INFO\] --- .* @ [^ ]+ ---$/ {
      module = $(NF - 1)
      if (module in running) {
        failsafe = running[module] == "failsafe"
        if (!take(module, 0) && failsafe) take(module, 1)
      }
      if (/surefire[^ ]*:test /) running[module] = "surefire"
      if (/failsafe[^ ]*:integration-test /) running[module] = "failsafe"
    }
    /^\[[A-Z]+\] Tests run: [0-9]+, Failures: [0-9]+, Errors: [0-9]+, Skipped: [0-9]+ *$/ {
      split($0, number, /[^0-9]+/)
      failures[++ended] = number[3] + number[4]
      count[ended] = number[2] " " failures[ended] " " number[5]
    }
    END {
      for (module in running) if (!take(module, 1)) take(module, 0)
      for (i in count) print "?", count[i]
    }' "$1"
}

# Adds up runs: prints "passed failed skipped".
tally() {
  awk '{ tests += $2; failed += $3; skipped += $4 } END { printf "%d %d %d\n", tests - failed - skipped, failed, skipped }'
}

# A line for each module that ran tests: print_modules LOG
print_modules() {
  local all module passed failed skipped
  all=$(runs "$1")
  printf '%-24s %8s %8s %8s\n' module passed failed skipped
  for module in $(awk '{ print $1 }' <<<"$all" | sort -u); do
    read -r passed failed skipped < <(awk -v module="$module" '$1 == module' <<<"$all" | tally)
    printf '%-24s %8d %8d %8d\n' "$module" "$passed" "$failed" "$skipped"
  done
}

# The first lines of what each failed test said, as far as its stack trace: print_failures LOG
print_failures() {
  awk '
    / -- Time elapsed: .*<<< (FAILURE|ERROR)!/ { left = 24; sub(/^\[ERROR\] /, ""); sub(/ -- Time elapsed.*/, ""); print; next }
    left > 0 && /^ *$/ { next }
    left > 0 && (/^\tat / || /^\[(INFO|ERROR|WARNING)\] /) { left = 0 }
    left > 0 { print "    " $0; left-- }' "$1"
}

# A line for each failed test, so that the end of a log tells all of them: print_failures_shortly LOG
print_failures_shortly() {
  awk '
    function done() { if (name != "") print "FAILED " substr(name where ":" said, 1, 360); name = "" }
    / -- Time elapsed: .*<<< (FAILURE|ERROR)!/ {
      done()
      name = $2; where = said = ""; left = 24; skipping = 0
      next
    }
    name == "" { next }
    /^\tat / || /^\[(INFO|ERROR|WARNING)\] / || left-- == 0 { done(); next }
    /^[A-Z]+-[0-9]+ [A-Z]+$/ { name = $1; said = ""; next }
    /^all of it:/ { sub(/.*histories\//, ""); sub(/\/[^\/]*$/, ""); where = " on " $0; next }
    /^(required|check first|again with):/ { skipping = 1; next }
    /^happened:/ { skipping = 0; sub(/^happened: */, "") }
    /^what happened last:/ { done(); next }
    !skipping && NF { sub(/^ +/, ""); said = said " " $0 }
    END { done() }' "$1"
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
