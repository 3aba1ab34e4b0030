# shellcheck shell=bash
# Installs what is missing, and only that. Sourced by ./dev, which gives `say`, `fail` and CACHE.
#
# A need is looked for by what it does (a command, a library), not by the name of a package: a tool
# that came from elsewhere counts. Nothing here asks a question; everything here can be repeated.

# What to look for -> the Debian and Ubuntu package that gives it.
# shellcheck disable=SC2034 # read by ./dev
NEEDS_TERMINAL="cc:build-essential /etc/ssl/certs/ca-certificates.crt:ca-certificates"
# shellcheck disable=SC2034
NEEDS_WINDOW="pkg-config:pkg-config file:file curl:curl lib=webkit2gtk-4.1:libwebkit2gtk-4.1-dev"
# shellcheck disable=SC2034
NEEDS_WINDOW_TESTS="WebKitWebDriver:webkit2gtk-driver Xvfb:xvfb xvfb-run:xvfb xauth:xauth dbus-daemon:dbus"
NEEDS_PEERS="/usr/lib/postgresql:postgresql /usr/sbin/mariadbd:mariadb-server etcd:etcd-server prometheus:prometheus kubectl:kubernetes-client chromium|chromium-browser|google-chrome:chromium openssl:openssl xz:xz-utils docker-registry:docker-registry pdftotext:poppler-utils gnome-keyring-daemon:gnome-keyring dbus-run-session:dbus"

RUST_WANTED=1.95
# What is installed where there is none: the version that these tests were seen to pass with.
RUST_INSTALLED=1.95.0
NODE_WANTED=20
POLICY=/usr/sbin/policy-rc.d

# Runs a command as root.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Whether one thing to look for is there: `lib=NAME`, a path, or `command|command`.
present() {
  case $1 in
    lib=*) command -v pkg-config >/dev/null && pkg-config --exists "${1#lib=}" ;;
    /*) [ -e "$1" ] ;;
    *)
      local name
      for name in ${1//|/ }; do command -v "$name" >/dev/null && return 0; done
      return 1
      ;;
  esac
}

# The packages whose need is not met, each once.
missing_packages() {
  local need found=" "
  for need in "$@"; do
    present "${need%:*}" && continue
    case $found in *" ${need##*:} "*) ;; *) found="$found${need##*:} " ;; esac
  done
  # shellcheck disable=SC2086 # the words are wanted one by one
  echo $found
}

# Installs packages without questions. A transfer that broke half-way is mended and tried once more.
# Two thousand lines of progress go to a file; what goes wrong is shown.
apt_install() {
  mkdir -p "$CACHE/logs"
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=300)
  # What a person has installed is never taken away for our sake.
  local install=("${apt[@]}" --no-install-recommends --no-remove install "$@")
  local log=$CACHE/logs/apt.log
  as_root "${install[@]}" </dev/null >"$log" 2>&1 && return
  say "the installation broke half-way: mending it, then once more"
  as_root "${apt[@]}" -f install </dev/null >>"$log" 2>&1 || true
  as_root "${install[@]}" </dev/null >>"$log" 2>&1 && return
  tail -n 20 "$log" >&2
  return 1
}

can_install_packages() {
  command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || command -v sudo >/dev/null; }
}

# Whether this system's package sources have a package.
offered() {
  local policy
  policy=$(apt-cache policy "$1" 2>/dev/null) || return 1
  [[ $policy == *"Candidate: "[!\(]* ]]
}

APT_UPDATED=
apt_update_once() {
  [ -n "$APT_UPDATED" ] && return
  as_root apt-get -q -o DPkg::Lock::Timeout=300 update </dev/null >/dev/null ||
    say "the package lists could not be refreshed; trying with the old ones"
  APT_UPDATED=yes
}

# Installs the packages that the given needs lack, or says what a person has to install.
need_packages() {
  [ "$(uname -s)" = Linux ] || return 0 # elsewhere the system itself brings the web view
  local packages
  # shellcheck disable=SC2068 # a list of words by design
  packages=$(missing_packages $@)
  [ -n "$packages" ] || return 0
  can_install_packages ||
    fail "these programs are missing: $packages" \
      "they can only be installed here with apt-get, as root or with sudo" \
      "Install them with your system's package manager (the names are Debian's), then repeat the command."
  say "installing with apt-get: $packages"
  apt_update_once
  # shellcheck disable=SC2086
  apt_install $packages ||
    fail "apt-get could not install: $packages" "its own message is above" \
      "Mend that (often: \`apt-get update\`, or the network), then repeat the command."
}

# Takes our guard away again, also one that an interrupted installation left.
daemons_allowed() {
  if grep -q 'put here by Lastgood' "$POLICY" 2>/dev/null; then as_root rm -f "$POLICY"; fi
}

# Keeps a package's daemon from starting while `$@` runs: tests start their own, on free ports.
# A guard that is there already (a container's) stays untouched.
without_daemons() {
  if [ ! -e "$POLICY" ]; then
    printf '#!/bin/sh\n# put here by Lastgood while it installs; safe to remove\nexit 101\n' |
      as_root tee "$POLICY" >/dev/null
    as_root chmod 755 "$POLICY"
  fi
  local outcome=0
  "$@" || outcome=$?
  daemons_allowed
  # The guard holds for today; without this they would start with the next boot.
  if [ -d /run/systemd/system ]; then
    as_root systemctl disable --quiet etcd prometheus 2>/dev/null || true
  fi
  return $outcome
}

# GitHub's own descriptions of its interfaces: every request that we send is held against them in
# tests. Only what is read is kept; the package is four hundred megabytes of variants.
GITHUB_DESCRIPTION="@octokit/openapi@23.0.2 @octokit/graphql-schema@15.26.1 graphql@16.15.0"
need_github_description() {
  local home=$CACHE/peers/github
  local kept=$home/node_modules/@octokit/openapi/generated
  [ "$(cat "$home/stamp" 2>/dev/null)" = "$GITHUB_DESCRIPTION" ] && return
  command -v npm >/dev/null || {
    say "there is no npm; the tests against GitHub's description will be skipped"
    return
  }
  trust_the_system
  say "fetching GitHub's description of its interfaces with npm into $home"
  mkdir -p "$home"
  # shellcheck disable=SC2086 # a list of words by design
  npm install --loglevel=error --no-fund --no-audit --ignore-scripts --prefix "$home" \
    $GITHUB_DESCRIPTION >/dev/null || {
    say "npm could not fetch it; the tests against GitHub's description will be skipped"
    return
  }
  find "$kept" -name '*.json' ! -name api.github.com.json -delete
  echo "$GITHUB_DESCRIPTION" >"$home/stamp"
}

# Helm as its authors built it. No package of Debian brings it; a package for CDK's own use does,
# beside a kubectl of the same age as the tests' control plane. Only what is used is kept.
HELM_FROM="@aws-cdk/asset-kubectl-v20@2.1.4"
HELM_SUM=1fe973bb32db1dcacdda9cda150e71e47b517a2af6bfdc8a2735859c8070a0b6
need_helm() {
  local bin=$CACHE/peers/bin without="the test with Helm will be skipped"
  [ "$(cat "$CACHE/peers/helm.stamp" 2>/dev/null)" = "$HELM_FROM" ] && [ -x "$bin/helm" ] && return
  [ "$(uname -m)" = x86_64 ] || { say "Helm is only to be had for x86_64 here; $without"; return; }
  command -v npm >/dev/null && command -v python3 >/dev/null || {
    say "there is no npm or no python3; $without"
    return
  }
  trust_the_system
  say "fetching Helm with npm into $bin"
  local folder
  folder=$(mktemp -d) && mkdir -p "$bin"
  if (cd "$folder" && npm install --loglevel=error --no-fund --no-audit --ignore-scripts --no-save \
    --prefix . "$HELM_FROM" >/dev/null &&
    python3 -m zipfile -e node_modules/@aws-cdk/asset-kubectl-v20/lib/layer.zip layer &&
    echo "$HELM_SUM  layer/helm/helm" | sha256sum --check --quiet && chmod 755 layer/helm/helm &&
    mv layer/helm/helm "$bin/helm"); then
    echo "$HELM_FROM" >"$CACHE/peers/helm.stamp"
  else
    say "npm could not fetch Helm; $without"
  fi
  rm -rf "$folder"
}

# moto, in an environment of its own: nothing of the system's Python is touched. With `awslambda`
# it brings no more than Lambda needs.
MOTO="moto[awslambda]==5.2.1 flask==3.1.3 flask-cors==6.0.5 werkzeug==3.1.9"
need_moto() {
  local home=$CACHE/peers/moto bin=$CACHE/peers/bin without="the tests against moto will be skipped"
  [ "$(cat "$home/stamp" 2>/dev/null)" = "$MOTO" ] && [ -x "$bin/moto_server" ] && return
  if ! python3 -c 'import ensurepip, venv' 2>/dev/null && can_install_packages; then
    apt_update_once
    apt_install python3-venv || true
  fi
  python3 -c 'import ensurepip, venv' 2>/dev/null || {
    say "there is no python3 with venv; $without"
    return
  }
  say "fetching moto with pip into $home"
  rm -rf "$home"
  mkdir -p "$bin"
  # shellcheck disable=SC2086 # a list of words by design
  if python3 -m venv "$home" && "$home/bin/pip" install --quiet --disable-pip-version-check $MOTO; then
    ln -sf "$home/bin/moto_server" "$bin/moto_server"
    echo "$MOTO" >"$home/stamp"
  else
    say "pip could not fetch moto; $without"
  fi
}

# Installs the real systems that tests talk to. One that this system does not offer is named, and
# its tests skip themselves: the rest stays useful.
need_peers() {
  [ "$(uname -s)" = Linux ] || { say "peers are installed on Linux only; their tests are skipped"; return; }
  need_github_description
  need_helm
  need_moto
  local package wanted="" packages
  # shellcheck disable=SC2086
  packages=$(missing_packages $NEEDS_PEERS)
  [ -n "$packages" ] || return 0
  can_install_packages || { say "not installed, their tests will be skipped: $packages"; return; }
  apt_update_once
  for package in $packages; do
    if offered "$package"; then
      wanted="$wanted $package"
    else
      say "this system offers no package \`$package\`; the tests that need it will be skipped"
    fi
  done
  [ -n "$wanted" ] || return 0
  say "installing with apt-get for the tests:$wanted"
  # shellcheck disable=SC2086
  without_daemons apt_install $wanted ||
    say "apt-get could not install all of:$wanted; the tests that need them will be skipped"
}

# Whether version $1 is at least $2 (major.minor).
at_least() {
  local major=${1%%.*} rest=${1#*.}
  local minor=${rest%%.*} want_minor=${2#*.}
  [ "$want_minor" = "$2" ] && want_minor=0
  [ "$major" -gt "${2%%.*}" ] || { [ "$major" -eq "${2%%.*}" ] && [ "$minor" -ge "$want_minor" ]; }
}

rust_version() {
  { rustc --version 2>/dev/null || true; } | sed -n 's/^rustc \([0-9]*\.[0-9]*\).*/\1/p'
}

# Debian 12 and older have no package of rustup. Its authors' own installer goes to the home
# folder of whoever calls and changes no start-up file. A machine with a mirror of rustup names it
# in RUSTUP_UPDATE_ROOT, as rustup itself wants it.
rustup_from_its_site() {
  local folder from=${RUSTUP_UPDATE_ROOT:-}
  need_packages "ca-certificates curl"
  folder=$(mktemp -d) || return 1
  if [ -n "$from" ]; then from=$from/dist/$(uname -m)-unknown-linux-gnu/rustup-init; else from=https://sh.rustup.rs; fi
  say "installing rustup and Rust $RUST_INSTALLED with $from into ${CARGO_HOME:-$HOME/.cargo}"
  if (cd "$folder" && fetched "$from" installer && chmod +x installer &&
    { [ -z "${RUSTUP_UPDATE_ROOT:-}" ] ||
      { fetched "$from.sha256" sum && echo "$(cut -c 1-64 sum)  installer" | sha256sum --check --quiet; }; } &&
    mv installer rustup-init &&
    ./rustup-init -y -q --no-modify-path --default-toolchain "$RUST_INSTALLED" --profile minimal \
      --component clippy --component rustfmt); then
    rm -rf "$folder"
  else
    rm -rf "$folder"
    return 1
  fi
}

fetched() { curl --proto '=https' --tlsv1.2 -sSf --connect-timeout 15 --max-time 300 "$1" -o "$2"; }

# Rust with clippy and rustfmt, new enough.
need_rust() {
  local have rustup_bin=${CARGO_HOME:-$HOME/.cargo}/bin
  if [ -x "$rustup_bin/rustc" ]; then PATH="$rustup_bin:$PATH"; fi
  have=$(rust_version)
  if [ -z "$have" ] || ! at_least "$have" "$RUST_WANTED"; then
    if ! command -v rustup >/dev/null && can_install_packages; then
      apt_update_once
      if offered rustup; then
        say "installing with apt-get: rustup"
        apt_install rustup || true
      fi
    fi
    if ! command -v rustup >/dev/null && rustup_from_its_site; then
      PATH="$rustup_bin:$PATH"
      return
    fi
    command -v rustup >/dev/null ||
      fail "Rust $RUST_WANTED or newer is missing (found: ${have:-none})" \
        "this system's packages do not offer it, and rustup's own site did not give it" \
        "Install rustup as https://rustup.rs describes, open a new terminal, and repeat the command."
    say "installing Rust $RUST_INSTALLED with rustup, as this user's default"
    { rustup toolchain install "$RUST_INSTALLED" --profile minimal --component clippy --component rustfmt &&
      rustup default "$RUST_INSTALLED"; } ||
      fail "rustup could not install Rust" "its own message is above" "Mend that, then repeat the command."
    hash -r
    have=$(rust_version)
    { [ -n "$have" ] && at_least "$have" "$RUST_WANTED"; } ||
      fail "Rust is ${have:-still missing} and $RUST_WANTED is needed" \
        "another Rust stands before rustup's in PATH" \
        "Put $rustup_bin first in PATH, then repeat the command."
  fi
}

# clippy and rustfmt, which a minimal Rust lacks.
need_rust_lints() {
  command -v cargo-clippy >/dev/null && command -v cargo-fmt >/dev/null && return
  command -v rustup >/dev/null ||
    fail "clippy or rustfmt is missing" "this Rust did not come from rustup" \
      "Install both with your system's package manager (rust-clippy, rustfmt), then repeat the command."
  say "installing clippy and rustfmt with rustup"
  rustup component add clippy rustfmt ||
    fail "rustup could not add clippy and rustfmt" "its own message is above" "Mend that, then repeat."
}

node_major() {
  { node --version 2>/dev/null || true; } | sed -n 's/^v\([0-9]*\).*/\1/p'
}

# npm brings a list of certificate authorities of its own; a company's proxy is only in the system's.
trust_the_system() {
  local list=/etc/ssl/certs/ca-certificates.crt
  if [ -e "$list" ]; then export NODE_EXTRA_CA_CERTS=${NODE_EXTRA_CA_CERTS:-$list}; fi
}

# Node and npm, new enough; an old one is only used to fetch a newer one into the cache.
need_node() {
  local have private="$CACHE/node/node_modules/.bin"
  trust_the_system
  have=$(node_major)
  if command -v npm >/dev/null && [ "${have:-0}" -ge "$NODE_WANTED" ]; then return; fi
  if [ ! -x "$private/node" ] || [ ! -x "$private/npm" ]; then
    need_packages "node:nodejs npm:npm"
    hash -r
    have=$(node_major)
    if command -v npm >/dev/null && [ "${have:-0}" -ge "$NODE_WANTED" ]; then return; fi
    command -v npm >/dev/null ||
      fail "Node $NODE_WANTED or newer is missing (found: ${have:-none})" "there is no npm to fetch it with" \
        "Install Node $NODE_WANTED or newer with npm, then repeat the command."
    say "Node ${have:-none} is too old: fetching Node 24 with npm into $CACHE/node"
    npm install --loglevel=error --no-fund --no-audit --prefix "$CACHE/node" node@24 npm@11 ||
      fail "npm could not fetch Node 24" "its own message is above" \
        "Install Node $NODE_WANTED or newer yourself, then repeat the command."
  fi
  PATH="$private:$PATH"
}

# The window's npm packages: again only when the lock file is another one than last time.
need_node_modules() {
  [ -f ui/package.json ] || return 0
  [ -f ui/package-lock.json ] ||
    fail "ui/package-lock.json is missing" "without it two machines would build different windows" \
      "Restore it from git, then repeat the command."
  local stamp=ui/node_modules/.lastgood-stamp want
  want="$(cksum <ui/package-lock.json) node $(node_major)"
  [ "$(cat "$stamp" 2>/dev/null)" = "$want" ] && return
  say "installing the window's npm packages into ui/node_modules"
  # Not `npm ci`: it refuses a lock file that leaves out the binaries of other platforms. Versions
  # and checksums come from the lock file here too, and `--no-save` leaves that as it is.
  (cd ui && npm install --no-save --no-fund --no-audit --loglevel=error) ||
    fail "npm install failed in ui/" "its own message is above" "Mend that, then repeat the command."
  echo "$want" >"$stamp"
}
