#!/usr/bin/env bash
# Tests what room.sh makes of the numbers: a cache must not be emptied without need.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=.ci/room.sh
. ./room.sh

failures=0
# expect "WHY" WORD FREE CACHED OURS
expect() {
  local said
  said=$(room_says "$3" "$4" "$5")
  if [ "$said" != "$2" ]; then
    echo "room_says $3 $4 $5: \"$said\", not \"$2\": $1"
    failures=$((failures + 1))
  fi
}

expect "a cold build fits" enough 40 0 yes
expect "a warm cache needs less" enough 9 11 yes
expect "a full disk is mended by the cache that we made" empty 1 20 yes
expect "a cache of somebody's own is never emptied" short 1 20 no
expect "there is nothing to empty, and it may just fit" tight 10 0 yes
expect "emptying a small cache would not help" short 2 3 yes
[ "$(free_at /no/such/folder)" = "$(free_at /)" ] || { echo "a folder that will be made counts where it will be"; failures=1; }
[ "$failures" -eq 0 ]
