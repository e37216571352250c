#!/bin/bash
# The life of the packages on a machine, told by commands an operator would use: run by boot.sh in a
# container, as root.  Ends at the first thing that is not as it should be.
set -uo pipefail
cd /story
export SYSTEMD_PAGER= SYSTEMD_COLORS=0 LC_ALL=C.UTF-8

database=/var/lib/vodeventd/events.db
key=first-key

chapter() { printf '\n==> %s\n' "$*"; }
fail() {
  printf 'FAILED (line %s): %s\n' "${BASH_LINENO[1]}" "$*"
  systemctl status vodeventd --no-pager -n 5 2>&1
  journalctl --no-pager -n 20 -u vodeventd -u vodsim 2>&1
  exit 1
}
tell() { printf '$ %s\n' "$*"; "$@"; }
does() { tell "$@" || fail "exit status $?"; }
fails() { if tell "$@"; then fail "succeeded, and should not"; fi; }
# gives WANTED COMMAND...: prints exactly that.
gives() {
  local wanted=$1 got
  shift
  printf '$ %s\n' "$*"
  got=$("$@" 2>&1)
  printf '%s\n' "$got"
  [ "$got" = "$wanted" ] || fail "wanted: $wanted"
}
# until SECONDS COMMAND...: comes true in time.
until_true() {
  local tries=$(($1 * 10))
  shift
  printf '$ until %s\n' "$*"
  while ! "$@" >/dev/null 2>&1; do
    [ $((tries -= 1)) -gt 0 ] || fail "did not come true"
    sleep 0.1
  done
}
property() { systemctl show --value -p "$2" "$1"; }
is() { [ "$(property "$1" "$2")" = "$3" ]; }
logged() { journalctl --sync; journalctl -o cat -u "${2:-vodeventd}" --since "$chapter_began" | grep -q -- "$1"; }
count() { sqlite3 -readonly "${2:-$database}" "$1"; }
has() { [ "$(count "$1" "${3:-$database}")" = "$2" ]; }
new_chapter() { chapter "$@"; sleep 0.01; chapter_began=$(date '+%F %T.%6N'); }
audit() ( set -o pipefail; vodeventd "$@" audit | tail -n 1 )
simulate() {
  systemctl stop vodsim 2>/dev/null
  systemd-run --quiet --collect --unit=vodsim /usr/bin/vodsim --listen 127.0.0.1:8700 \
    --secret-id story-id --secret-key $key --hold-s 1 --max-seconds 250 "$@"
}
# What the simulator counts under this name.
total() {
  exec 3<>/dev/tcp/127.0.0.1/8700
  printf 'GET /ledger?totals=1 HTTP/1.0\r\nHost: vodsim\r\n\r\n' >&3
  grep -o "\"$1\":[0-9]*" <&3 | cut -d: -f2
  exec 3>&-
}

# ------------------------------------------------------------------------------------------------
new_chapter "the package is installed: nothing runs yet"
does dpkg --install files/vodeventd_0.0.9_amd64.deb files/vodsim_0.0.9_amd64.deb
gives disabled systemctl is-enabled vodeventd
gives disabled systemctl is-enabled vodeventd-receiver.socket
gives inactive systemctl is-active vodeventd
gives 'vodeventd:vodeventd 750' stat -c '%U:%G %a' /var/lib/vodeventd
does systemd-analyze verify vodeventd.service vodeventd@shop.service vodeventd-receiver.socket \
  vodeventd-receiver@shop.socket
for unit in vodeventd.service vodeventd@shop.service; do
  does systemd-analyze security --offline=true --threshold=12 /lib/systemd/system/${unit/shop/} | grep Overall
done
does useradd --groups vodeventd alice
does useradd bob

new_chapter "it explains itself"
for page in vodeventd.8 vodeventd.toml.5 vodeventd-schema.5 vodsim.1; do
  does sh -c "man $page 2>/dev/null | sed -n 3,4p"
done
does bash --norc -c 'source /usr/share/bash-completion/completions/vodeventd; complete -p vodeventd'

new_chapter "without a key it says so and does not try again"
fails systemctl start vodeventd
gives 78 property vodeventd ExecMainStatus
gives 0 property vodeventd NRestarts
does logged 'no credential found'
does sh -c 'journalctl -x -u vodeventd -n 20 | grep /etc/credstore/'

new_chapter "with a key it is ready before the network is"
(umask 077; printf story-id >/etc/credstore/vodeventd.secret-id; printf first-key >/etc/credstore/vodeventd.secret-key)
cat >>/etc/vodeventd/vodeventd.toml <<'END'
[api]
endpoint = "http://127.0.0.1:8700"
[metrics]
listen = "unix:/run/vodeventd/metrics.sock"
END
does systemctl enable --now vodeventd
gives active systemctl is-active vodeventd
until_true 5 logged 'could not pull'
tell property vodeventd StatusText

new_chapter "5,000 events are drained"
simulate --generate 5000 --witness $database
until_true 60 has 'SELECT count(confirmed_at) FROM events' 5000
gives 0 total witness_violations
gives 5000 total confirmed
tell property vodeventd StatusText
does sh -c 'vodeventd check --online | grep -v "^ok"'

new_chapter "a member of the group reads them while it runs, others do not"
gives 5000 runuser -u alice -- sqlite3 -readonly $database 'SELECT count(*) FROM events'
fails runuser -u bob -- sqlite3 -readonly $database 'SELECT count(*) FROM events'
does runuser -u alice -- sqlite3 -readonly -box $database 'SELECT * FROM stats LIMIT 5'

new_chapter "the journal has fields, and what README shows of it works"
does journalctl -u vodeventd MESSAGE_ID=ac22050db39749a8908fe20aae07ff05 -n 1 -o verbose \
  --output-fields=MESSAGE,MESSAGE_ID,PRIORITY,VODEVENTD_EVENTS,VODEVENTD_REQUEST_ID
request=$(count 'SELECT pull_request_id FROM events LIMIT 1')
lines=0
while IFS= read -r line; do
  lines=$((lines + 1))
  line=${line/-f/-n 3}
  line=${line/VODEVENTD_REQUEST_ID=*-o/VODEVENTD_REQUEST_ID=$request -o}
  line=${line/ERROR_CLASS=credential/ERROR_CLASS=transient}
  printf '$ %s\n' "$line"
  $line >/tmp/said 2>&1 || fail "exit status $?"
  grep -q -v '^-- No entries' /tmp/said || fail "shows nothing"
  head -n 5 /tmp/said
done < <(sed -n 's/  *#.*//; /^journalctl /p' README.md | grep -v 'journalctl -u vodeventd -f$'; echo journalctl -u vodeventd -f)
[ $lines -eq 5 ] || fail "README has $lines such lines"

new_chapter "metrics are given on the socket, to the group"
does runuser -u alice -- curl --silent --unix-socket /run/vodeventd/metrics.sock -o /tmp/metrics http://x/metrics
gives 'vodeventd_events_stored_total 5000' grep ^vodeventd_events_stored_total /tmp/metrics
fails runuser -u bob -- curl --silent --unix-socket /run/vodeventd/metrics.sock http://x/metrics

new_chapter "a backup is made while it runs"
does runuser -u vodeventd -- vodeventd backup /var/lib/vodeventd/copy.db
gives 5000 count 'SELECT count(confirmed_at) FROM events' /var/lib/vodeventd/copy.db
rm /var/lib/vodeventd/copy.db

new_chapter "a broken configuration changes nothing"
cp /etc/vodeventd/vodeventd.toml /story/good.toml
printf '[poll]\ninterval_s = "often"\n' >>/etc/vodeventd/vodeventd.toml
fails systemctl reload vodeventd
until_true 5 logged 'vodeventd.toml:[0-9]*:[0-9]*: poll.interval_s must be a number'
gives active systemctl is-active vodeventd
cp /story/good.toml /etc/vodeventd/vodeventd.toml
does systemctl reload vodeventd

new_chapter "a rotated key takes effect at a reload, and no lease is lost"
simulate --generate 3000 --seed 2 --arrive 600/s --next-secret-key second-key
until_true 20 has 'SELECT count(*) >= 6000 FROM events' 1
printf second-key >/etc/credstore/vodeventd.secret-key
does systemctl reload vodeventd
key=second-key
gives second-key cat /run/credentials/vodeventd.service/secret-key
until_true 20 has 'SELECT count(confirmed_at) FROM events' 8000
gives 8000 count 'SELECT sum(pull_count) FROM events'
does sh -c 'findmnt -no OPTIONS /run/credentials/vodeventd.service | grep -w ro'

new_chapter "the key is renewed as a whole or not at all, and nothing stays open"
handed=/run/credentials/vodeventd.service
renew=/usr/lib/vodeventd/renew-credentials
closed() { findmnt -no OPTIONS $handed | grep -qw ro && ! ls -d /run/tmp.* 2>/dev/null; }
# A stand-in for install, before the real one in PATH.
mkdir -p /story/bin
stand_in() { printf '#!/bin/sh\n%s\n' "$1" >/story/bin/install; chmod +x /story/bin/install; }
mkdir -p /run/systemd/system/vodeventd.service.d
printf '[Service]\nLoadCredential=\nLoadCredential=secret-id:vodeventd.secret-id\nLoadCredential=secret-key:/story/key\n' \
  >/run/systemd/system/vodeventd.service.d/key.conf
systemctl daemon-reload
printf unused >/etc/credstore/vodeventd.token
printf third-key >/story/key
does $renew vodeventd.service
gives third-key cat $handed/secret-key
fails test -e $handed/token
printf fourth-key >/story/key
stand_in 'case $* in *secret-key*) for last; do :; done; [ ! -d "$last" ] || last=$last/secret-key; printf half >"$last"; exit 1 ;; esac; exec /usr/bin/install "$@"'
fails env PATH="/story/bin:$PATH" $renew vodeventd.service
gives third-key cat $handed/secret-key
gives 'secret-id secret-key ' sh -c "ls -A $handed | tr '\n' ' '"
does closed
stand_in 'touch /story/installing; sleep 1; exec /usr/bin/install "$@"'
PATH="/story/bin:$PATH" $renew vodeventd.service &
until_true 5 test -e /story/installing
does kill $!
wait $!
does closed
rm /story/key
mkfifo /story/key
does timeout 5 $renew vodeventd.service
gives third-key cat $handed/secret-key
rm -r /run/systemd/system/vodeventd.service.d /story/bin /story/key /etc/credstore/vodeventd.token
systemctl daemon-reload
does $renew vodeventd.service
gives second-key cat $handed/secret-key
does closed

new_chapter "killed, it is back"
before=$(property vodeventd MainPID)
does systemctl kill --signal=KILL --kill-whom=main vodeventd
gives 8000 runuser -u alice -- sqlite3 -readonly $database 'SELECT count(*) FROM events'
until_true 10 is vodeventd NRestarts 1
until_true 10 is vodeventd ActiveState active
[ "$(property vodeventd MainPID)" != "$before" ] || fail "the same process"
does audit

new_chapter "a loop that stands still is killed by the watchdog"
mkdir -p /run/systemd/system/vodeventd.service.d
cat >/run/systemd/system/vodeventd.service.d/watchdog.conf <<'END'
[Service]
WatchdogSec=2
TimeoutAbortSec=2
Environment=LD_PRELOAD=/story/libbroken-disk.so BROKEN_DISK=/story/rule
END
systemctl daemon-reload
does systemctl restart vodeventd
until_true 5 logged 'started'
does systemctl kill --signal=STOP --kill-whom=main vodeventd
until_true 20 logged 'Watchdog timeout'
until_true 20 is vodeventd NRestarts 1
until_true 20 is vodeventd ActiveState active

new_chapter "a deadlock is killed by the watchdog as well, and nothing is lost"
echo 'sync -wal HANG 0' >/story/rule
simulate --generate 200 --seed 3 --lease-s 5
until_true 20 logged 'Watchdog timeout'
rm /story/rule
until_true 20 is vodeventd ActiveState active
until_true 60 has 'SELECT count(*) FROM events WHERE redelivery_of IS NULL' 8200
rm -r /run/systemd/system/vodeventd.service.d
systemctl daemon-reload

new_chapter "stopped, it is readable"
does systemctl restart vodeventd
does systemctl stop vodeventd
does logged 'stopped reason="told to stop"'
gives success property vodeventd Result
gives 8200 runuser -u alice -- sqlite3 -readonly $database 'SELECT count(*) FROM events WHERE redelivery_of IS NULL'
does audit

new_chapter "another application is another instance, here with an encrypted key"
key=first-key
simulate --generate 300 --seed 4
printf '[api]\nendpoint = "http://127.0.0.1:8700"\nsub_app_id = 1500000001\n' >/etc/vodeventd/shop.toml
(umask 077; printf story-id >/etc/credstore/vodeventd.shop.secret-id)
does sh -c 'printf first-key | systemd-creds encrypt - /etc/credstore.encrypted/vodeventd.shop.secret-key.cred'
does systemctl enable --now vodeventd@shop
shop=/var/lib/vodeventd/shop/events.db
until_true 20 has 'SELECT count(confirmed_at) FROM events WHERE sub_app_id = 1500000001' 300 $shop
gives 300 runuser -u alice -- sqlite3 -readonly $shop 'SELECT count(*) FROM events'
does audit --instance shop
does sh -c 'vodeventd --instance shop check | grep "^?    credential  */etc/credstore.encrypted/vodeventd.shop.secret-key.cred is encrypted"'
fails vodeventd --instance shop drain

new_chapter "callbacks wait at systemd's socket while the service is started anew, and need no key"
pushed=/var/lib/vodeventd/pushed/events.db
callbacks=/run/vodeventd-pushed-receiver.sock
printf '[poll]\nmax_pulls_in_flight = 0\n[receiver]\nlisten = "systemd"\n' >/etc/vodeventd/pushed.toml
printf '[metrics]\ntextfile = "/srv/vodeventd.prom"\n' >>/etc/vodeventd/pushed.toml
fails systemctl start vodeventd@pushed
gives 78 property vodeventd@pushed ExecMainStatus
does logged 'enable and start the socket unit' vodeventd@pushed
does systemctl enable --now vodeventd-receiver@pushed.socket
gives 'root:www-data 660' stat -c '%U:%G %a' $callbacks
send() {
  curl --silent --max-time 20 --unix-socket $callbacks --data-binary \
    "{\"EventType\":\"FileDeleted\",\"FileDeleteEvent\":{\"FileIdSet\":[\"$1\"]}}" http://x/
}
gives '{"outcome":"stored"}' send 1  # which starts the service
gives active systemctl is-active vodeventd@pushed
until_true 5 logged 'advice=.*ReadWritePaths=/srv: systemctl edit' vodeventd@pushed
(for _ in 1 2 3; do sleep 0.3; systemctl restart vodeventd@pushed; done; touch /story/restarted) &
sent=1
until [ -e /story/restarted ] && [ $sent -gt 20 ]; do
  sent=$((sent + 1))
  send $sent | grep -q stored || fail "callback $sent was not stored"
done
gives $sent count "SELECT count(*) FROM events WHERE source = 'push' AND origin = 'unix'" $pushed
printf 5T1cVrK7mPqX >/etc/credstore/vodeventd.pushed.sign-key
does systemctl reload vodeventd@pushed
until_true 5 sh -c "curl --silent --unix-socket $callbacks --data-binary '{}' http://x/ | grep -q signed"
does audit --instance pushed
tell property vodeventd@pushed StatusText

new_chapter "an upgrade brings rows of the first version along, and restarts what ran"
old=/var/lib/vodeventd/old/events.db
install -d -o vodeventd -g vodeventd -m 750 /var/lib/vodeventd/old
sqlite3 $old <inbox-1.sql
sqlite3 $old "PRAGMA user_version = 1; PRAGMA journal_mode = WAL;
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
  INSERT INTO events (event_handle, event_type, type_known, received_at, stored_at, pull_request_id,
    last_received_at, last_pull_request_id, confirmed_at, confirm_request_id, fingerprint)
  SELECT 'old-' || i, 'FileDeleted', 1, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', 'r',
    '2026-01-01T00:00:00.000Z', 'r', '2026-01-01T00:00:01.000Z', 'c', CAST('f' || i AS BLOB) FROM n;
  INSERT INTO payloads SELECT id, json_object('EventHandle', event_handle, 'EventType', event_type)
  FROM events;"
chown vodeventd:vodeventd $old*
cp /etc/vodeventd/shop.toml /etc/vodeventd/old.toml
(umask 077; printf story-id >/etc/credstore/vodeventd.old.secret-id; printf first-key >/etc/credstore/vodeventd.old.secret-key)
printf first-key >/etc/credstore/vodeventd.secret-key
does systemctl start vodeventd
before=$(property vodeventd MainPID)
shop_before=$(property vodeventd@shop MainPID)
does dpkg --install files/vodeventd_0.1.0_amd64.deb files/vodsim_0.1.0_amd64.deb
gives active systemctl is-active vodeventd
gives active systemctl is-active vodeventd@shop
[ "$(property vodeventd MainPID)" != "$before" ] || fail "vodeventd was not restarted"
[ "$(property vodeventd@shop MainPID)" != "$shop_before" ] || fail "vodeventd@shop was not restarted"
gives 'endpoint = "http://127.0.0.1:8700"' grep ^endpoint /etc/vodeventd/vodeventd.toml
gives 8200 count 'SELECT count(*) FROM events WHERE redelivery_of IS NULL'
does systemctl start vodeventd@old
gives 1000 count "SELECT count(*) FROM events WHERE event_handle LIKE 'old-%'" $old
does systemctl stop vodeventd@old

new_chapter "an instance that does not start does not hold up an upgrade"
cp /etc/vodeventd/shop.toml /story/shop.toml
echo oops >>/etc/vodeventd/shop.toml
does dpkg --install files/vodeventd_0.1.0_amd64.deb
gives 'install ok installed' dpkg-query --show --showformat '${Status}' vodeventd
gives active systemctl is-active vodeventd
fails systemctl is-active --quiet vodeventd@shop
cp /story/shop.toml /etc/vodeventd/shop.toml
does systemctl start vodeventd@shop

new_chapter "removed, it is gone but for what a person made"
printf '[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n' >/etc/systemd/system/vodeventd-mine.service
does systemctl enable vodeventd-mine.service
does dpkg --remove vodeventd
gives inactive systemctl is-active vodeventd
gives inactive systemctl is-active vodeventd@shop
gives inactive systemctl is-active vodeventd-receiver@pushed.socket
does test -e /etc/vodeventd/vodeventd.toml
does sh -c 'dpkg --purge vodeventd vodsim >/tmp/purged; cat /tmp/purged'
does grep '^vodeventd: /var/lib/vodeventd is kept' /tmp/purged
does grep '^vodeventd: /etc/credstore/vodeventd.secret-key is kept' /tmp/purged
does grep '^vodeventd: /etc/credstore.encrypted/vodeventd.shop.secret-key.cred is kept' /tmp/purged
fails test -e /etc/vodeventd/vodeventd.toml
fails test -e /etc/systemd/system/multi-user.target.wants/vodeventd.service
fails test -e /etc/systemd/system/multi-user.target.wants/vodeventd@shop.service
fails test -e /etc/systemd/system/sockets.target.wants/vodeventd-receiver@pushed.socket
does test -L /etc/systemd/system/multi-user.target.wants/vodeventd-mine.service
gives 8200 count 'SELECT count(*) FROM events WHERE redelivery_of IS NULL'

chapter "the end"
touch /story/done
