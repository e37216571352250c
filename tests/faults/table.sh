#!/bin/sh
# Every fault from 1 to 55 has a row in tests/README.md, every test that a row names is there, and
# every test with a fault's number stands under it.
set -u
cd "$(dirname "$0")/../.."
table=tests/README.md
status=0

complain() {
  echo "$1" >&2
  status=1
}

number=1
while [ "$number" -le 55 ]; do
  grep -q "^| $number |" "$table" || complain "$table has no row for fault $number"
  number=$((number + 1))
done

names=$(mktemp)
trap 'rm -f "$names"' EXIT
grep -rhozE '"fault [0-9][0-9]: ([^"]|"[[:space:]]+")*"' tests --include='*.cpp' |
  sed -z 's/"[[:space:]]\{1,\}"//g' | tr '\0' '\n' | tr -d '"' >"$names"
[ -s "$names" ] || complain "there are no tests of faults"

while IFS= read -r name; do
  grep -qF "\`$name\`" "$table" || complain "$table does not name: $name"
done <"$names"

grep -oE '`fault [0-9][0-9]: [^`]*`' "$table" | tr -d '`' | while IFS= read -r name; do
  grep -qxF "$name" "$names" || echo "$name"
done | grep . && complain "these are named in $table and are no tests"
exit $status
