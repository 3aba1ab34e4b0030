# shellcheck shell=bash
# Whether a build has room. A disk that fills up in the middle of it ends in a linker's bus error,
# which tells nobody what to do. Sourced by ./dev, which gives `say`, `fail` and CACHE.

# What formatting, linting and building everything takes in a cache that was empty, in GiB, with a
# third on top. Measured by `du` after a cold `./dev test` without incremental builds.
ROOM_WANTED=16
# With less than this even a warm cache has no place for the programs of one more clone.
ROOM_LEAST=8

# room_says FREE CACHED OURS: what to do with FREE GiB on the disk, CACHED GiB in the build cache
# and OURS=yes when the cache is the one that we make and may empty.
room_says() {
  local free=$1 cached=$2 ours=$3
  if [ "$free" -ge "$ROOM_WANTED" ] || { [ "$cached" -ge "$ROOM_LEAST" ] && [ "$free" -ge "$ROOM_LEAST" ]; }; then
    echo enough
  elif [ "$ours" = yes ] && [ $((free + cached)) -ge "$ROOM_WANTED" ] && [ "$cached" -gt 0 ]; then
    echo empty
  elif [ "$free" -ge "$ROOM_LEAST" ]; then
    echo tight
  else
    echo short
  fi
}

# The GiB that are free where a folder is, or would be.
free_at() {
  local folder=$1
  while [ ! -e "$folder" ]; do folder=$(dirname "$folder"); done
  df -Pk "$folder" | awk 'NR == 2 { print int($4 / 1048576) }'
}

# Makes room for a whole build, or says that there is none.
need_room() {
  local free cached=0 ours=no
  free=$(free_at "$CARGO_TARGET_DIR")
  # Counting a cache takes a second; with plenty of room nobody needs to know.
  [ "$free" -lt "$ROOM_WANTED" ] || return 0
  [ ! -d "$CARGO_TARGET_DIR" ] || cached=$(du -sk "$CARGO_TARGET_DIR" | awk '{ print int($1 / 1048576) }')
  [ "$CARGO_TARGET_DIR" != "$CACHE/target" ] || ours=yes
  case $(room_says "$free" "$cached" "$ours") in
    enough) ;;
    empty)
      say "$free GiB are free and a whole build takes up to $ROOM_WANTED: emptying the build cache ($cached GiB in $CARGO_TARGET_DIR)"
      rm -rf "$CARGO_TARGET_DIR"
      ;;
    tight) say "only $free GiB are free; a whole build takes up to $ROOM_WANTED, and may not fit" ;;
    short)
      fail "there is no room for a build" \
        "$free GiB are free where $CARGO_TARGET_DIR is, and a whole build takes up to $ROOM_WANTED" \
        "Free some, or point CARGO_TARGET_DIR at a larger disk, then repeat the command."
      ;;
  esac
}
