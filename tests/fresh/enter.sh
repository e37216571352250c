#!/usr/bin/env bash
# enter.sh ROOT CACHE SOURCE [COMMAND...]: clones SOURCE into a copy of ROOT and runs COMMAND in the
# clone, as on a machine of its own; without one, what README tells a stranger and all other tests.
#
# The copy becomes the root of a mount and process namespace by pivot_root, and the old root is
# detached: nothing outside is seen or changed but CACHE, which keeps the downloads and the
# compiler's results of earlier runs.  Of this machine's settings the command gets those that lead
# to the package registries, read-only.  Needs root.
set -euo pipefail

if [ "${INSIDE_NAMESPACE:-}" != yes ]; then
  scratch=$(mktemp -d "${2:?}/fresh.XXXXXX")
  trap 'rm -rf "$scratch"' EXIT
  INSIDE_NAMESPACE=yes SCRATCH=$scratch \
    unshare --mount --propagation private --pid --fork --kill-child "$0" "$@"
  exit
fi

base=$1 cache=$2 source=$3 root=$SCRATCH/root
shift 3
[ $# -gt 0 ] || set -- tests/fresh/stranger.sh
cp -a --reflink=auto "$base" "$root"
# Paths may have a blank and letters of any language.
place='/root/新 文件夹/vodeventd'
git clone -q --no-local "$source" "$root$place"
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=755 tmpfs "$root/run"

# share FROM TO: mounts a folder of the cache.
share() {
  mkdir -p "$cache/$1" "$root$2"
  mount --bind "$cache/$1" "$root$2"
}
share archives /var/cache/apt/archives
share ccache /var/cache/ccache
share npm /root/.npm
mkdir -p "$cache/archives/partial"

# lend FILE: mounts a file or folder of this machine read-only, where it has one.
lend() {
  [ -e "$1" ] || return 0
  if [ -d "$1" ]; then mkdir -p "$root$1"; else mkdir -p "$root${1%/*}" && touch "$root$1"; fi
  mount --bind "$1" "$root$1"
  mount -o remount,bind,ro "$root$1"
}
for file in /etc/resolv.conf /etc/hosts /etc/apt/apt.conf /etc/apt/auth.conf /etc/apt/auth.conf.d \
  /etc/ssl/certs/ca-certificates.crt /root/.npmrc; do
  lend "$file"
done
# Of the folder only what tells the way: the rest are hooks that call programs of this machine.
for file in /etc/apt/apt.conf.d/*; do
  if grep -qiE 'proxy|::https?::' "$file" 2>/dev/null; then lend "$file"; fi
done
settings=()
for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY NODE_EXTRA_CA_CERTS CI \
  LINT_BASE; do
  if [ -n "${!name:-}" ]; then settings+=("$name=${!name}"); fi
done

cd "$root"
mkdir old
pivot_root . old
umount --lazy /old
rmdir /old
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
  TERM="${TERM:-dumb}" CCACHE_DIR=/var/cache/ccache "${settings[@]}" \
  bash -c 'cd "$0" && exec "$@"' "$place" "$@"
