#!/usr/bin/env bash
# The commands that README begins with, then the tests that it does not promise; all of them, whatever
# the ones before gave.
set -uo pipefail

status=0 times=()
try() {
  local began=$SECONDS result=passed
  "$@" || { result=FAILED status=1; }
  times+=("$(printf '    %6s s   %s   %s' $((SECONDS - began)) "$result" "$*")")
}

try ./dev demo
try ./dev test
try ./dev test dates vendor
printf '%s\n' '==> in a bare root' "${times[@]}"
exit $status
