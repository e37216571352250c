#!/usr/bin/env bash
# boot.sh BUILD: installs, runs and removes the packages under a real systemd.
#
# Boots a container whose root is this machine's, with all that is written kept apart in memory, and
# lets story.sh run in it.  BUILD is a build folder with everything built; the transcript is kept in
# BUILD/container/transcript.  Gives story.sh's exit status.
set -euo pipefail
skip() {
  echo "SKIPPED: container: needs $1"
  exit 77
}
# cpack cannot read a path that is not ASCII in a locale without UTF-8.
export LC_ALL=C.UTF-8

build=$(realpath "$1")
source=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
folder=$build/container

# Two versions of the same files: an upgrade needs an older one.  The build folder stays the user's.
if [ "${2:-}" != packed ]; then
  rm -rf "$folder"
  mkdir -p "$folder"
  for version in current previous; do
    options=(--config "$build/CPackConfig.cmake" -B "$folder/$version")
    if [ "$version" = previous ]; then options+=(-D CPACK_PACKAGE_VERSION=0.0.9); fi
    cpack "${options[@]}" >"$folder/cpack.log" 2>&1 || { cat "$folder/cpack.log"; exit 1; }
  done
fi
if [ "$(id -u)" -ne 0 ]; then
  sudo -n true 2>/dev/null || skip "root, or sudo that asks for no password"
  exec sudo -n "$0" "$build" packed
fi
command -v systemd-nspawn >/dev/null || skip "systemd-nspawn"

# The container's root is the upper folder, and its users have to enter it.
umask 022
layer=$(mktemp -d)
cleanup() {
  umount --lazy "$layer/root" 2>/dev/null || true
  umount --lazy "$layer" 2>/dev/null || true
  rmdir "$layer"
  chown -R --reference="$build" "$folder"
}
trap cleanup EXIT
mount -t tmpfs -o size=2g tmpfs "$layer" || skip "the right to mount"
mkdir "$layer/upper" "$layer/work" "$layer/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$layer/upper,workdir=$layer/work" "$layer/root" ||
  skip "an overlay over the root file system"

root=$layer/root
mkdir -p "$root/story/files"
cp "$folder"/previous/*.deb "$folder"/current/*.deb "$root/story/files/"
cp "$source/schema/inbox-1.sql" "$source/README.md" "$source/tests/container/story.sh" "$root/story/"
cp "$build/bin/libbroken-disk.so" "$root/story/"
# Nothing of the machine's own: a system that has neither the service nor its leftovers.
rm -rf "$root/var/log/journal" "$root/etc/credstore" "$root/etc/vodeventd" "$root/var/lib/vodeventd"
rm -f "$root/usr/sbin/policy-rc.d"
cat >"$root/etc/systemd/system/story.target" <<'END'
[Unit]
Description=The story of the packages
Requires=basic.target story.service
After=basic.target
AllowIsolate=yes
END
cat >"$root/etc/systemd/system/story.service" <<'END'
[Unit]
Description=Tells the story
After=basic.target
SuccessAction=poweroff-force
FailureAction=poweroff-force
[Service]
Type=oneshot
ExecStart=/bin/bash /story/story.sh
TimeoutStartSec=300
StandardOutput=file:/story/transcript
StandardError=inherit
END

timeout --kill-after=10 360 systemd-nspawn --quiet --directory="$root" --boot --register=no \
  --keep-unit --private-network --console=pipe --machine=vodeventd-story \
  systemd.unit=story.target </dev/null >"$folder/console" 2>&1 || true
cp "$root/story/transcript" "$folder/transcript" 2>/dev/null || { cat "$folder/console"; exit 1; }
cat "$folder/transcript"
[ -e "$root/story/done" ]
