#!/usr/bin/env bash
# Tests what stages.sh counts: a run that counts wrongly would call a failure a success.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
CACHE=$(mktemp -d)
CARGO_TARGET_DIR=$CACHE/target
trap 'rm -rf "$CACHE"' EXIT
say() { :; }
# shellcheck source=.ci/stages.sh
. ./stages.sh

failures=0
# expect "WHY" "PASSED FAILED SKIPPED" COUNTER <<<LOG
expect() {
  PASSED=0 FAILED=0 SKIPPED=0 SKIPPED_SENTENCES=() FLAKY_TITLES=()
  cat >"$CACHE/log"
  "$3" "$CACHE/log"
  if [ "$PASSED $FAILED $SKIPPED" != "$2" ]; then
    echo "$3: counted \"$PASSED $FAILED $SKIPPED\", not \"$2\": $1"
    failures=$((failures + 1))
  fi
}

# flaky "TITLE": it is named as what needed a second try, and alone.
flaky() {
  [ "${FLAKY_TITLES[*]}" = "$1" ] && return
  echo "the flaky test is named \"$1\", not \"${FLAKY_TITLES[*]}\""
  failures=$((failures + 1))
}

expect "every kind of end is in the summary line" "5 3 2" count_nextest <<'LOG'
     Summary [   0.512s] 8 tests run: 5 passed (1 slow, 1 leaky), 1 failed, 1 timed out, 1 exec failed, 2 skipped
LOG
expect "colours do not hide the numbers" "3 0 0" count_nextest <<<$'\e[32;1m     Summary\e[0m [   0.512s] \e[1m3\e[0m tests run: \e[1m3\e[0m \e[32;1mpassed\e[0m, \e[1m0\e[0m \e[33;1mskipped\e[0m'
expect "a build that failed ran no test" "0 0 0" count_nextest <<<'error: could not compile'

mkdir -p "$CARGO_TARGET_DIR/nextest/default"
cat >"$CARGO_TARGET_DIR/nextest/default/junit.xml" <<'XML'
<testsuite name="a" tests="3">
  <testcase name="one" classname="a"><system-err>SKIPPED: no etcd: &quot;apt&quot; &amp; more
SKIPPED: a second line of the same test</system-err></testcase>
  <testcase name="two" classname="a"><system-err>SKIPPED: no etcd: &quot;apt&quot; &amp; more
</system-err></testcase>
  <testcase name="three" classname="a"></testcase>
</testsuite>
XML
expect "a test that skipped itself did not pass" "1 0 2" count_nextest <<<'     Summary [   0.5s] 3 tests run: 3 passed, 0 skipped'
[ "${SKIPPED_SENTENCES[0]}" = 'no etcd: "apt" & more' ] || {
  echo "the sentence is read as it was written, not \"${SKIPPED_SENTENCES[0]}\""
  failures=$((failures + 1))
}
rm -r "$CARGO_TARGET_DIR"

expect "every binary has a line, and sentences may stand within one" "6 1 2" count_cargo_test <<'LOG'
test a ... SKIPPED: no etcd
ok
test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s
test result: FAILED. 4 passed; 1 failed; 0 ignored; 0 measured; 2 filtered out; finished in 0.01s
LOG
expect "the line of tests counts, the line of files does not" "12 1 3" count_vitest <<'LOG'
 Test Files  1 failed | 3 passed (4)
      Tests  1 failed | 12 passed | 2 skipped | 1 todo (16)
LOG
expect "a journey that passed at the second try passed" "4 1 2" count_playwright <<'LOG'
  1 failed
    a.spec.ts:3:1 › 7 passed is part of a title ────────
  1 flaky
    b.spec.ts:9:1 › the last of a long list ────────
  2 skipped
  3 passed (4.2s)
LOG
flaky "b.spec.ts:9:1 › the last of a long list ────────"
expect "and so did a test" "8 0 0" count_nextest <<'LOG'
  TRY 1 FAIL [   0.2s] (1/8) lastgood-tests::peers a_pod
     Summary [   0.512s] 8 tests run: 8 passed (1 flaky), 0 skipped
   FLAKY 2/2 [   0.3s] (1/8) lastgood-tests::peers a_pod
LOG
flaky "lastgood-tests::peers a_pod"
[ "$failures" -eq 0 ]
