#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Programs killed at random moments, and many of them on one store: nothing is lost, nothing is
# done twice. POSTROOM_LONG=1 kills 200 times instead of 12.

load helper

setup() {
    setup_site
    RANDOM=20261123
    MAIL=$BATS_TEST_TMPDIR/mail
}

teardown() {
    # Whoever was started and still runs would write into a folder that goes away.
    [ ! -s "$BATS_TEST_TMPDIR/pids" ] || xargs kill -9 <"$BATS_TEST_TMPDIR/pids" 2>/dev/null || true
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

# All programs of the chain that work on this set-up.
chain_pids() {
    pgrep -f "^(mail-parse|dedupe|classify|escalate|autoreply|audit|deliver) .*--from=json|^mail-parse" || true
}

@test "kill -9 of a random process at random moments of a run: as if nothing had happened" {
    local messages=2000 kills=12 done=0 code pid pids delay
    [ -z "${POSTROOM_LONG:-}" ] || kills=200
    python3 "$POSTROOM_SRC/test/tools/generate-mail" --count $messages --maildir "$MAIL"
    # Undisturbed, for comparison.
    triage-chain --deliver "$MAIL"
    deliver --due
    state >"$BATS_TEST_TMPDIR/expected"
    setup_site
    while [ $done -lt $kills ]; do
        triage-chain --deliver "$MAIL" 2>>"$BATS_TEST_TMPDIR/err" &
        chain=$!
        delay=$((RANDOM % 1500 + 5))
        sleep "$(printf '%d.%03d' $((delay / 1000)) $((delay % 1000)))"
        mapfile -t pids < <(chain_pids)
        if [ ${#pids[@]} -gt 0 ]; then
            pid=${pids[RANDOM % ${#pids[@]}]}
            kill -9 "$pid" 2>/dev/null && done=$((done + 1))
        fi
        code=0
        wait $chain || code=$?
        # The kill may have come when the program was done: then the run is whole.
        [ $code = 75 ] || [ $code = 0 ] || [ $code = 74 ]
        # A run that gets through now and then would make the rest easy: begin anew every fourth.
        if [ $((done % 4)) = 0 ] && [ $code = 0 ]; then
            triage-chain --deliver "$MAIL"
            deliver --due
            state >"$BATS_TEST_TMPDIR/state"
            same "$BATS_TEST_TMPDIR/expected" "$BATS_TEST_TMPDIR/state"
            setup_site
        fi
    done
    triage-chain --deliver "$MAIL"
    deliver --due
    state >"$BATS_TEST_TMPDIR/state"
    same "$BATS_TEST_TMPDIR/expected" "$BATS_TEST_TMPDIR/state"
    audit verify
    [ "$(rows "SELECT count(*) FROM outbox WHERE state <> 'sent'")" = 0 ]
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
