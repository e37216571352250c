#!/usr/bin/env bash
# root.sh FOLDER: makes a bare Debian 12 with git in FOLDER, unless it is there.
#
# It comes from the mirror that this machine's apt uses.  FOLDER appears when it is complete.
set -euo pipefail

folder=$1
[ ! -d "$folder" ] || exit 0

mirror=$(apt-get indextargets --format '$(SITE)' 'Codename: bookworm' 2>/dev/null | head -n 1)
part=$folder.part
rm -rf "$part"
debootstrap --variant=minbase --include=git,ca-certificates bookworm "$part" \
  "${mirror:-http://deb.debian.org/debian}" >"$folder.log" 2>&1 || {
  echo "debootstrap failed; see $folder.log" >&2
  exit 1
}
rm -f "$part"/var/cache/apt/archives/*.deb
# A root that is thrown away needs no sync after each package.
echo force-unsafe-io >"$part/etc/dpkg/dpkg.cfg.d/unsafe-io"
mv "$part" "$folder"
