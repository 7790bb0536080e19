#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Programs killed at random moments, and many of them on one store: nothing is lost, nothing is
# done twice. POSTROOM_LONG=1 kills 200 times instead of 12.

load helper

setup() {
    work_in_memory
    setup_site
    RANDOM=20261123
    # Before the first promise to a customer has passed: replies leave.
    export POSTROOM_NOW=2026-11-23T08:30:00+01:00
    MAIL=$BATS_TEST_TMPDIR/mail
}

teardown() {
    # Whoever was started and still runs would write into a folder that goes away.
    chain_pids | xargs -r kill -9 2>/dev/null || true
    leave_memory
}

# Everything that a run leaves, without clock times, seq and hashes.
state() {
    (cd "$SITE/queues" && find . -type f -path '*/new/*' -exec sha256sum {} + | sort -k2)
    rows "SELECT * FROM decision ORDER BY 1, 2"
    for table in delivery cases party message_id customer customer_address assignment \
        acknowledgement cap; do
        rows "SELECT * FROM $table ORDER BY 1, 2"
    done
    rows "SELECT key, kind, state, delivery, blob_id, case_id, queue, template, mail_from, recipient,
        message_time, promised_by FROM outbox ORDER BY key"
    rows "SELECT key FROM event ORDER BY key"
}

# The programs of the chain that work on this set-up, and on no other test's.
chain_pids() {
    local exe pid
    while read -r exe; do
        pid=${exe#/proc/}
        pid=${pid%/exe}
        if grep -qzxF "POSTROOM_CONFIG=$POSTROOM_CONFIG" "/proc/$pid/environ" 2>/dev/null; then
            echo "$pid"
        fi
    done < <(find /proc -maxdepth 2 -path '/proc/[0-9]*/exe' -lname "$BUILD/bin/*" 2>/dev/null)
}

# run_and_kill MILLISECONDS: runs the chain, kills one of its programs at a random moment before
# that; 1 when no program was there to be killed.
run_and_kill() {
    local chain delay pids hit=1 code=0
    triage-chain --deliver "$MAIL" 2>>"$BATS_TEST_TMPDIR/err" &
    chain=$!
    delay=$((RANDOM % $1 + 1))
    sleep "$(printf '%d.%03d' $((delay / 1000)) $((delay % 1000)))"
    mapfile -t pids < <(chain_pids)
    if [ ${#pids[@]} -gt 0 ] && kill -9 "${pids[RANDOM % ${#pids[@]}]}" 2>/dev/null; then
        hit=0
    fi
    wait $chain || code=$?
    case $code in
    75) ;;
    0) hit=1 ;; # it came when the program had done its work
    *)
        echo "exit code $code after a kill: $(tail -n 5 "$BATS_TEST_TMPDIR/err")" >&2
        return 2
        ;;
    esac
    return $hit
}

# Rerun after a kill: everything is as if it had not happened.
rerun() {
    triage-chain --deliver "$MAIL"
    deliver --due
    state >"$BATS_TEST_TMPDIR/state"
    same "$BATS_TEST_TMPDIR/expected" "$BATS_TEST_TMPDIR/state"
    audit verify >/dev/null
    [ "$(rows "SELECT count(*) FROM outbox WHERE state IN ('released', 'sending')")" = 0 ]
}

@test "kill -9 of a random process at random moments of a run: as if nothing had happened" {
    local messages=2000 kills=12 done=0 began length code
    [ -z "${POSTROOM_LONG:-}" ] || kills=200
    # The sanitised programs take several times as long, and die no differently.
    [[ $BUILD != *asan* ]] || messages=400 kills=4
    python3 "$POSTROOM_SRC/test/tools/generate-mail" --count $messages --maildir "$MAIL"
    # Undisturbed, for comparison, and to know how long it takes.
    began=$(date +%s%3N)
    triage-chain --deliver "$MAIL"
    length=$(($(date +%s%3N) - began))
    deliver --due
    state >"$BATS_TEST_TMPDIR/expected"
    [ "$(grep -c '/new/' "$BATS_TEST_TMPDIR/expected")" -gt $((messages * 3 / 2)) ]
    while [ $done -lt $kills ]; do
        setup_site
        code=0
        run_and_kill $length || code=$?
        # One more on the half-done store every third time.
        if [ $code = 0 ] && [ $((done % 3)) = 2 ]; then
            done=$((done + 1))
            run_and_kill $length || code=$?
        fi
        [ $code != 2 ]
        [ $code != 0 ] || done=$((done + 1))
        rerun
    done
    echo "# $done kills of one program of a run of $messages messages, which takes $length ms" >&3
}

@test "eight triage processes and a cron loop on one store: each reply leaves once" {
    local messages=500 i pids=() failed=0
    # Replies through a command that takes 50 ms and writes down what it got.
    cat >"$BATS_TEST_TMPDIR/send" <<END
#!/bin/sh
sleep 0.05
printf '%s\n' "\$POSTROOM_KEY" >>"$BATS_TEST_TMPDIR/sent"
cat >/dev/null
END
    chmod +x "$BATS_TEST_TMPDIR/send"
    sed -i "s|maildir=\"queues/replies\"|command=\"$BATS_TEST_TMPDIR/send\"|" "$SITE/postroom.xml"
    python3 "$POSTROOM_SRC/test/tools/generate-mail" --count $messages --plain --mbox \
        "$BATS_TEST_TMPDIR/mbox"
    for i in 0 1 2 3 4 5 6 7; do
        # Each process gets every eighth message.
        mail-parse --from=mbox "$BATS_TEST_TMPDIR/mbox" |
            awk -v i="$i" 'NR % 8 == i' >"$BATS_TEST_TMPDIR/part$i"
    done
    (
        while [ ! -e "$BATS_TEST_TMPDIR/stop" ]; do
            deliver --due || echo "--due: $?" >>"$BATS_TEST_TMPDIR/failed"
            sleep 0.3
        done
    ) &
    cron=$!
    for i in 0 1 2 3 4 5 6 7; do
        triage --inside --from=json --group=3 "$BATS_TEST_TMPDIR/part$i" &
        pids+=($!)
    done
    for i in "${pids[@]}"; do
        wait "$i" || failed=1
    done
    touch "$BATS_TEST_TMPDIR/stop"
    wait $cron
    [ $failed = 0 ]
    [ ! -e "$BATS_TEST_TMPDIR/failed" ]
    deliver --due
    # As many as acknowledgements were decided, none twice, and at least 400 of them.
    sort "$BATS_TEST_TMPDIR/sent" >"$BATS_TEST_TMPDIR/keys"
    sort -u "$BATS_TEST_TMPDIR/sent" >"$BATS_TEST_TMPDIR/unique"
    same "$BATS_TEST_TMPDIR/unique" "$BATS_TEST_TMPDIR/keys"
    rows "SELECT key FROM outbox WHERE kind = 'ack' ORDER BY key" | LC_ALL=C sort \
        >"$BATS_TEST_TMPDIR/rows"
    same "$BATS_TEST_TMPDIR/rows" "$BATS_TEST_TMPDIR/keys"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/keys")" -ge 400 ]
    [ "$(rows "SELECT sum(uncertain) FROM outbox")" = 0 ]
    audit verify
}
