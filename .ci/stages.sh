# shellcheck shell=bash
# Runs stages one after the other, times them, counts their tests and says how it went.
# Sourced by ./dev, which gives `say`, `fail` and CACHE.
#
# A stage's output goes to a file and is shown from there. A pipe would do as well until a test
# leaves a process behind that keeps the pipe open: then the shell would wait for it for ever.

LOGS=
TICKER=
STAGES=()
SKIPPED_SENTENCES=()
FLAKY_TITLES=()
PASSED=0 FAILED=0 SKIPPED=0

# Every process that we start carries this; what still carries it at the end outlived its test.
export LASTGOOD_DEV_RUN="$$"

stages_begin() {
  mkdir -p "$CACHE/logs"
  LOGS=$(mktemp -d "$CACHE/logs/run.XXXXXX")
  # Old logs have served their purpose after a week.
  find "$CACHE/logs" -mindepth 1 -maxdepth 1 -name 'run.*' -mtime +7 -exec rm -rf {} + 2>/dev/null || true
}

# The log without colours and carriage returns.
plain() {
  sed $'s/\x1b\\[[0-9;]*[A-Za-z]//g; s/\r$//' "$1"
}

# stage "NAME" COUNTER COMMAND...: runs the command; COUNTER is a function that reads its log, or `-`.
# The first stage that fails ends the run.
stage() {
  local name=$1 counter=$2 began=$SECONDS outcome=0 log
  shift 2
  log="$LOGS/$(printf '%02d' "${#STAGES[@]}")-${name//[^a-zA-Z0-9]/-}.log"
  printf '\n== %s\n' "$name"
  : >"$log"
  local tail_pid
  # Lives as long as the stage; what shows the log watches it.
  sleep 100000 </dev/null >/dev/null 2>&1 &
  TICKER=$!
  show "$TICKER" "$log" &
  tail_pid=$!
  "$@" >"$log" 2>&1 </dev/null || outcome=$?
  stage_ended
  wait "$tail_pid" 2>/dev/null || true
  local failed_before=$FAILED
  if [ "$counter" != - ]; then "$counter" "$log"; fi
  local seconds=$((SECONDS - began))
  if [ "$outcome" -ne 0 ]; then
    [ "$FAILED" -gt "$failed_before" ] || FAILED=$((FAILED + 1))
    STAGES+=("$(printf '%-28s %5ds  FAILED' "$name" "$seconds")")
    printf '\n'
    say "the stage \"$name\" failed (exit code $outcome); its output is in $log"
    summary
    exit 1
  fi
  STAGES+=("$(printf '%-28s %5ds' "$name" "$seconds")")
  printf -- '-- %s: %ss\n' "$name" "$seconds"
}

# Ends what shows the log of the stage in hand.
stage_ended() {
  [ -n "$TICKER" ] || return 0
  kill "$TICKER" 2>/dev/null || true
  wait "$TICKER" 2>/dev/null || true
  TICKER=
}

# Shows a growing file until process $1 has ended, to its very end.
show() {
  if tail --version >/dev/null 2>&1; then
    exec tail -n +1 -s 0.2 --pid="$1" -f "$2"
  fi
  # A tail that cannot watch a process: wait, then show the file at once.
  while kill -0 "$1" 2>/dev/null; do sleep 0.2; done
  cat "$2"
}

# Notes something that was not done, with its sentence.
skip() {
  SKIPPED=$((SKIPPED + 1))
  SKIPPED_SENTENCES+=("$1")
  printf '\n== skipped: %s\n' "$1"
}

# Sums the number before a word over all lines of stdin that match a pattern.
sum_before() {
  awk -v line="$1" -v word="$2" '
    $0 ~ line { for (i = 2; i <= NF; i++) { w = $i; gsub(/[^a-z ]/, "", w); if (w == word && $(i-1) ~ /^[0-9]+$/) n += $(i-1) } }
    END { print n + 0 }'
}

add_counts() {
  PASSED=$((PASSED + $1)) FAILED=$((FAILED + $2)) SKIPPED=$((SKIPPED + $3))
}

# Takes the sentences that tests gave for not testing, one a line; such a test passed only formally.
take_skip_sentences() {
  local sentence
  while IFS= read -r sentence; do
    SKIPPED_SENTENCES+=("$sentence")
    add_counts -1 0 1
  done
}

# nextest: one summary line. The sentences are in its JUnit file, because it hides what passing
# tests print; there, one for each test.
count_nextest() {
  local summary junit="$CARGO_TARGET_DIR/nextest/${NEXTEST_PROFILE:-default}/junit.xml"
  summary=$(plain "$1" | sed -n '/^ *Summary \[/ { s/timed out/failed/; s/exec failed/failed/; p; }' | tail -n 1)
  add_counts "$(sum_before . passed <<<"$summary")" "$(sum_before . failed <<<"$summary")" \
    "$(sum_before . skipped <<<"$summary")"
  take_flaky_titles < <(plain "$1" | sed -nE 's/^ +FLAKY [^]]*\] *(\([^)]*\) *)?//p' | sort -u)
  [ -f "$junit" ] || return 0
  take_skip_sentences < <(awk '
    /<testcase / { told = 0 }
    !told && match($0, /SKIPPED: [^<]*/) { print substr($0, RSTART + 9, RLENGTH - 9); told = 1 }' "$junit" |
    sed 's/&quot;/"/g; s/&apos;/'"'"'/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g')
}

# cargo test: a `test result:` line for each binary. Run with --show-output.
count_cargo_test() {
  local lines
  lines=$(plain "$1" | sed -n '/^test result:/p')
  add_counts "$(sum_before . passed <<<"$lines")" "$(sum_before . failed <<<"$lines")" \
    "$(sum_before . ignored <<<"$lines")"
  take_skip_sentences < <(plain "$1" | sed -n 's/^.*SKIPPED: //p')
}

# Vitest: `Tests  12 passed | 1 failed | 2 skipped (15)`.
count_vitest() {
  local line
  line=$(plain "$1" | sed -n '/^ *Tests *[0-9]/p' | tail -n 1)
  add_counts "$(sum_before . passed <<<"$line")" "$(sum_before . failed <<<"$line")" \
    "$(($(sum_before . skipped <<<"$line") + $(sum_before . todo <<<"$line")))"
}

# Keeps the titles of tests that needed a second try, one a line: they passed, and are to be mended.
take_flaky_titles() {
  local title
  while IFS= read -r title; do FLAKY_TITLES+=("$title"); done
}

# Playwright: `  3 passed (4.2s)`, `  1 failed`, `  2 skipped`, each on a line of its own, and below
# `  1 flaky` the titles.
count_playwright() {
  local lines
  # A word in front, because a number is looked for before a word and not at the start of a line.
  lines=$(plain "$1" | sed -nE '/^ +[0-9]+ (passed|failed|flaky|skipped|interrupted)( \(.*\))?$/s/^/: /p')
  add_counts "$(($(sum_before . passed <<<"$lines") + $(sum_before . flaky <<<"$lines")))" \
    "$(($(sum_before . failed <<<"$lines") + $(sum_before . interrupted <<<"$lines")))" \
    "$(sum_before . skipped <<<"$lines")"
  take_flaky_titles < <(plain "$1" | awk '/^ +[0-9]+ flaky$/ { on = 1; next } /^ ? ?[^ ]|^  [0-9]/ { on = 0 } on && NF { sub(/^ +/, ""); print }')
  take_skip_sentences < <(plain "$1" | sed -n 's/^.*SKIPPED: //p')
}

summary() {
  local line times
  printf '\n== Summary\n'
  for line in ${STAGES[@]+"${STAGES[@]}"}; do printf '%s\n' "$line"; done
  # The same sentence from many tests is said once.
  for line in ${SKIPPED_SENTENCES[@]+"${SKIPPED_SENTENCES[@]}"}; do printf '%s\n' "$line"; done |
    sort | uniq -c | while read -r times line; do
    if [ "$times" = 1 ]; then times=; else times=" ($times tests)"; fi
    printf 'SKIPPED: %s%s\n' "$line" "$times"
  done
  for line in ${FLAKY_TITLES[@]+"${FLAKY_TITLES[@]}"}; do
    printf 'FLAKY: %s passed at the second try only\n' "$line"
  done
  printf '%-28s %5ds\n' total "$SECONDS"
  printf '%d passed, %d failed, %d skipped\n' "$PASSED" "$FAILED" "$SKIPPED"
}

# The processes that carry our mark and are neither we nor what runs this very function.
outlived() {
  local proc pid
  [ -d /proc/self ] || return 0
  for proc in /proc/[0-9]*; do
    pid=${proc#/proc/}
    [ "$pid" = "$$" ] && continue
    tr '\0' '\n' 2>/dev/null <"$proc/environ" | grep -qx "LASTGOOD_DEV_RUN=$$" 2>/dev/null || continue
    # Subshells of this script die with it.
    [ "$(sed -n 's/^PPid:[[:space:]]*//p' "$proc/status" 2>/dev/null)" = "$$" ] && continue
    [ "$pid" = "${BASHPID:-}" ] && continue
    printf '%s %s\n' "$pid" "$(tr '\0' ' ' 2>/dev/null <"$proc/cmdline" | cut -c1-120)"
  done
}

# Ends what outlived its test. Prints what it ended, so that the test can be mended.
sweep() {
  local left pid try
  for try in 1 2 3 4 5 6 7 8 9 10; do
    left=$(outlived)
    [ -n "$left" ] || return 0
    [ "$try" = 10 ] || sleep 0.3 # a browser takes a moment to close its last process
  done
  while read -r pid _; do kill -9 "$pid" 2>/dev/null || true; done <<<"$left"
  printf '%s\n' "$left"
}

# A stage of its own: a test that leaves a process behind is a fault.
nothing_left() {
  local left
  left=$(sweep)
  [ -z "$left" ] && return
  printf 'These processes outlived the tests that started them, and were ended now:\n%s\n' "$left"
  return 1
}
