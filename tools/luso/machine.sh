# What ./luso needs of the machine before any of our own programs can run. Sourced, never executed.

say() { printf '%s\n' "$*"; }
die() {
  printf 'luso: %s\n' "$*" >&2
  exit 1
}

readonly BUILD_SPACE_MB=3000 # A release build, the web build and a first hour of video.
readonly NODE_MAJOR=22       # What we fetch when the machine's own node is older than Next.js needs.

need_debian_12() {
  local id='' version=''
  if [ -r /etc/os-release ]; then
    id=$(. /etc/os-release && echo "${ID:-}")
    version=$(. /etc/os-release && echo "${VERSION_ID:-}")
  fi
  [ "$id" = debian ] && [ "$version" = 12 ] ||
    die "this is ${id:-an unknown system} ${version:-}; LusoTown is built for Debian 12 (bookworm)."
}

need_free_space() {
  local free_mb
  free_mb=$(df -Pm . | awk 'NR==2 {print $4}')
  [ "$free_mb" -ge "$BUILD_SPACE_MB" ] ||
    die "only $free_mb MB are free on this disk; building and running needs $BUILD_SPACE_MB MB."
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "packages are missing and this user is neither root nor has sudo: $*"
  fi
}

# need_packages GROUP…: installs what tools/packages.txt lists for the groups and dpkg does not have.
need_packages() {
  local group missing=()
  for group in "$@"; do
    while read -r name; do
      dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$name")
    done < <(awk -v g="$group" '$1 == g {print $2}' tools/packages.txt)
  done
  [ "${#missing[@]}" -gt 0 ] || return 0
  say "Installing ${#missing[@]} Debian packages: ${missing[*]}"
  mkdir -p var/log
  # The packages' own services are not ours: the database is a private cluster, nginx runs only in tests.
  if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    as_root mkdir -p /etc/postgresql-common/createcluster.d
    printf 'create_main_cluster = false\n' | as_root tee /etc/postgresql-common/createcluster.d/lusotown.conf >/dev/null
  fi
  local log=var/log/packages.log
  if ! { as_root apt-get update -q && as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
    apt-get install -y -q --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 </dev/null; then
    tail -n 5 "$log" >&2
    die "apt could not install every package; the whole story is in $log."
  fi
}

node_is_new_enough() { # Next.js needs 20.9
  "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 9) ? 0 : 1)' 2>/dev/null
}

# Sets NODE and NPM. Debian 12's own node is 18: then the npm package that carries the binary for this machine goes to
# .luso/. (npm's `node` package only fetches that one, with an install script that newer npms do not run.)
need_node() {
  local own=$PWD/.luso/node/node_modules arch
  case $(uname -m) in
    x86_64) arch=x64 ;;
    aarch64) arch=arm64 ;;
    *) die "there is no node for a $(uname -m) processor in the npm registry." ;;
  esac
  if command -v node >/dev/null && node_is_new_enough node && command -v npm >/dev/null; then
    NODE=$(command -v node) NPM=$(command -v npm)
  else
    if ! { [ -x "$own/node-linux-$arch/bin/node" ] && [ -f "$own/npm/bin/npm-cli.js" ]; }; then
      if ! command -v npm >/dev/null; then
        say "Installing Debian's nodejs and npm, to fetch a newer node with"
        mkdir -p var/log
        { as_root apt-get update -q && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q \
          --no-install-recommends nodejs npm; } >var/log/node.log 2>&1 </dev/null ||
          die "apt could not install nodejs and npm; see var/log/node.log."
      fi
      say "Fetching node $NODE_MAJOR into .luso/node"
      mkdir -p .luso/node var/log
      npm install --prefix .luso/node --no-audit --no-fund "node-linux-$arch@$NODE_MAJOR" npm@11 >var/log/node.log 2>&1 ||
        die "npm could not fetch node; see var/log/node.log."
    fi
    export PATH="$own/node-linux-$arch/bin:$own/.bin:$PATH"
    NODE=$own/node-linux-$arch/bin/node NPM=$own/.bin/npm
  fi
  node_is_new_enough "$NODE" || die "node $("$NODE" --version) is too old; Next.js needs 20.9."
  export NODE NPM
}

need_node_quiet() {
  need_node >&2
  printf '%s' "$NODE"
}

# npm_install FOLDER: `npm ci`, once for each state of the lock file.
npm_install() {
  local folder=$1 stamp
  stamp=$(sha256sum "$folder/package-lock.json" | cut -d' ' -f1)
  [ "$(cat "$folder/node_modules/.luso-stamp" 2>/dev/null)" = "$stamp" ] && return 0
  say "Fetching npm packages of $folder"
  mkdir -p var/log
  (cd "$folder" && PUPPETEER_SKIP_DOWNLOAD=1 "$NPM" ci --no-audit --no-fund) >"var/log/npm.log" 2>&1 </dev/null || {
    tail -n 5 var/log/npm.log >&2
    die "npm ci failed in $folder; the whole story is in var/log/npm.log."
  }
  printf '%s' "$stamp" >"$folder/node_modules/.luso-stamp"
}

build_server() { # PRESET [TARGET…]
  local preset=$1
  shift
  mkdir -p var/log
  local log=var/log/build-$preset.log
  if [ ! -f "build/$preset/build.ninja" ]; then
    say "Configuring the server ($preset)"
    cmake --preset "$preset" >"$log" 2>&1 || {
      tail -n 15 "$log" >&2
      die "cmake failed; the whole story is in $log."
    }
  fi
  if [ $# -eq 0 ] && [ "$preset" = release ]; then set -- lusotown; fi
  say "Building the server ($preset)"
  local targets=()
  [ $# -eq 0 ] || targets=(--target "$@")
  # On a terminal ninja's own progress line is the best there is; in a log only failures matter.
  if [ -t 1 ]; then
    cmake --build --preset "$preset" "${targets[@]}" || die "the server did not build."
  else
    cmake --build --preset "$preset" "${targets[@]}" >"$log" 2>&1 || {
      grep -A 8 -E 'error:|FAILED' "$log" | head -n 60 >&2
      die "the server did not build; the whole story is in $log."
    }
  fi
}

# The web client, built once for each state of its sources.
build_web() {
  npm_install web
  local stamp
  stamp=$(git ls-files -z --cached --others --exclude-standard web api | xargs -0 sha256sum 2>/dev/null | sha256sum | cut -d' ' -f1)
  [ "$(cat web/.next/.luso-stamp 2>/dev/null)" = "$stamp" ] && return 0
  say "Building the web client"
  mkdir -p var/log
  (cd web && NEXT_TELEMETRY_DISABLED=1 "$NPM" run --silent build) >var/log/build-web.log 2>&1 </dev/null || {
    tail -n 30 var/log/build-web.log >&2
    die "the web client did not build; the whole story is in var/log/build-web.log."
  }
  printf '%s' "$stamp" >web/.next/.luso-stamp
}
