#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The shell chain and `triage` are one chain: the same bytes, the same ledger, whatever the groups;
# running twice does no harm; forms change and change back.
# `run --separate-stderr` sets stderr.
# shellcheck disable=SC2154

bats_require_minimum_version 1.5.0
load helper

MIDDLE=mail-parse,dedupe,classify,escalate,autoreply,audit

# A folder of 400 invented messages, and one with copies of them, made once; the messages of
# build/corpus, when they are there, as a Maildir.
setup_file() {
    python3 "$BATS_TEST_DIRNAME/tools/generate-mail" --count 400 --maildir "$BATS_FILE_TMPDIR/generated"
    python3 "$BATS_TEST_DIRNAME/tools/generate-mail" --count 400 --maildir "$BATS_FILE_TMPDIR/copies" \
        --copies 300 --exact 100
}

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    GENERATED=$BATS_FILE_TMPDIR/generated
    COPIES=$BATS_FILE_TMPDIR/copies
    setup_site
    sample_maildir sample
}

# A fresh store and empty queues.
fresh() {
    rm -rf "$SITE"
    setup_site
}

# Everything that a run leaves but what only the clock decides.
state() {
    for table in decision delivery cases party message_id customer customer_address assignment \
        acknowledgement cap event; do
        rows "SELECT * FROM $table ORDER BY 1, 2"
    done
    rows "SELECT key, kind, state, delivery, blob_id, case_id, queue, template, mail_from, recipient,
        message_time, promised_by, hex(octets) FROM outbox ORDER BY key"
}

# Chain and triage, in groups of $2…, over folder $1.
same_chains() {
    local box=$1 group
    shift
    fresh
    triage-chain "$box" >chain.ndjson
    cp "$SITE/store/ledger.ndjson" chain.ledger
    state >chain.state
    for group in "$@"; do
        fresh
        triage --to=json --group="$group" --filters=$MIDDLE "$box" >triage.ndjson
        cmp chain.ndjson triage.ndjson
        cmp chain.ledger "$SITE/store/ledger.ndjson"
        state >triage.state
        same chain.state triage.state
        fresh
        triage-chain --group="$group" "$box" >again.ndjson
        cmp chain.ndjson again.ndjson
        cmp chain.ledger "$SITE/store/ledger.ndjson"
    done
}

@test "triage and the shell chain give the same bytes and ledgers: sample, groups of 1, 7, 256" {
    same_chains sample 1 7 256
    [ "$(wc -l <chain.ndjson)" -eq "$(find sample -type f | wc -l)" ]
    [ "$(wc -l <chain.ledger)" -gt 400 ]
}

@test "the same on 400 generated messages" {
    same_chains "$GENERATED" 1 7 256
    [ "$(wc -l <chain.ndjson)" -eq 400 ]
    run -0 audit verify
}

@test "with deliver at the end: the same queues, replies and ledger" {
    triage-chain --deliver sample
    audit verify
    (cd "$SITE/queues" && find . -type f -path '*/new/*' -exec sha256sum {} + | sort) >chain.queues
    jq -r '[.event, .case, .blobId, .queue] | @tsv' "$SITE/store/ledger.ndjson" | sort >chain.events
    fresh
    triage sample
    (cd "$SITE/queues" && find . -type f -path '*/new/*' -exec sha256sum {} + | sort) >triage.queues
    jq -r '[.event, .case, .blobId, .queue] | @tsv' "$SITE/store/ledger.ndjson" | sort >triage.events
    same chain.queues triage.queues
    same chain.events triage.events
}

@test "a second run gives the same bytes, and no new case, event or reply" {
    triage-chain "$GENERATED" >first.ndjson
    cp "$SITE/store/ledger.ndjson" first.ledger
    state >first.state
    triage-chain "$GENERATED" >second.ndjson
    cmp first.ndjson second.ndjson
    cmp first.ledger "$SITE/store/ledger.ndjson"
    state >second.state
    same first.state second.state
    triage --to=json --group=3 --filters=$MIDDLE "$GENERATED" | cmp first.ndjson -
    state | same first.state -
    # delivered twice: nothing is sent again
    deliver first.ndjson
    (cd "$SITE/queues" && find . -type f | sort) >first.files
    rows 'SELECT * FROM outbox ORDER BY key' >first.outbox
    deliver first.ndjson
    triage "$GENERATED"
    (cd "$SITE/queues" && find . -type f | sort) | same first.files -
    rows 'SELECT * FROM outbox ORDER BY key' | same first.outbox -
}

@test "--again decides anew, in the same cases; only what the case has become since may differ" {
    triage-chain sample >first.ndjson
    rows 'SELECT key, case_id FROM delivery ORDER BY 1' >first.cases
    triage-chain --again sample >second.ndjson
    for file in first second; do
        # 006 was escalated by 027 since, 019 assigned by 108: they go where their cases are now
        jq -c 'if .triage.route.why == "case" then empty else . end' $file.ndjson >$file.rest
        jq -r 'select(.triage.route.why == "case") | .blobId' $file.ndjson >$file.by-case
    done
    grep -vxF -f first.by-case second.by-case | sort >moved
    cat "$SAMPLE"/006-*.eml | sha256sum >changed
    cat "$SAMPLE"/019-*.eml | sha256sum >>changed
    sed 's/^/sha256-/; s/ .*//' changed | sort | same - moved
    grep -vF -f moved first.rest | cmp - second.rest
    rows 'SELECT key, case_id FROM delivery ORDER BY 1' | same first.cases -
    audit verify
}

@test "copies: 100 exact ones are the same deliveries, 300 with other trace fields are by=copy" {
    find "$COPIES" -type f | wc -l >files
    [ "$(cat files)" -eq 800 ]
    triage-chain "$COPIES" >out.ndjson
    [ "$(wc -l <out.ndjson)" -eq 800 ]
    [ "$(rows 'SELECT count(*) FROM delivery')" -eq 700 ]
    [ "$(jq -r .blobId out.ndjson | sort -u | wc -l)" -eq 700 ]
    [ "$(rows 'SELECT count(DISTINCT key) FROM delivery')" -eq 700 ]
    [ "$(jq -r 'select(.triage.duplicate.by == "copy") | .blobId' out.ndjson | sort -u | wc -l)" -eq 300 ]
    [ "$(jq -r 'select(.triage.duplicate.by == "copy") | .triage.route.queue' out.ndjson | sort -u)" = duplicates ]
    audit verify
    # without the copies everything else is as it was
    fresh
    triage-chain "$GENERATED" >plain.ndjson
    [ "$(rows 'SELECT count(*) FROM delivery')" -eq 400 ]
    [ "$(jq -r 'select(.triage.duplicate.by == "copy") | .blobId' plain.ndjson | wc -l)" -eq 0 ]
}

# ---- forms ---------------------------------------------------------------------------------------

@test "NDJSON, then rfc822, then NDJSON: the same line, for every message of the sample" {
    triage --to=json --filters=$MIDDLE sample >out.ndjson
    split -l 1 -a 3 -d out.ndjson part.
    for part in part.*; do
        triage --filters= --from=json --to=rfc822 "$part" >mail
        triage --filters= --from=rfc822 --to=json mail >back
        cmp "$part" back
        # and the mail again from that
        triage --filters= --from=rfc822 --to=rfc822 mail | cmp mail -
    done
}

@test "mbox, then NDJSON, then mbox: the same file, and the lines are those of before" {
    for box in sample "$GENERATED"; do
        triage --to=json --filters=mail-parse,dedupe,classify,escalate,autoreply "$box" >out.ndjson
        triage --filters= --to=mbox out.ndjson >out.mbox
        triage --filters= --to=json out.mbox | cmp out.ndjson -
        triage --filters= --to=json out.mbox | triage --filters= --to=mbox | cmp out.mbox -
    done
    # readers of mailboxes agree on how many there are
    [ "$(python3 -c 'import mailbox; print(len(mailbox.mbox("out.mbox")))')" -eq 400 ]
}

@test "a filter in RFC 5322 or mbox form decides as it does in NDJSON" {
    mail-parse sample >parsed.ndjson
    dedupe parsed.ndjson | classify | escalate >out.ndjson
    fresh
    dedupe --to=mbox parsed.ndjson | classify | escalate --to=json >mbox.ndjson
    cmp out.ndjson mbox.ndjson
    fresh
    while IFS= read -r line; do
        printf '%s\n' "$line" | dedupe --to=rfc822 | classify --from=rfc822 |
            escalate --from=rfc822 --to=json
    done <parsed.ndjson >single.ndjson
    cmp out.ndjson single.ndjson
}

@test "--filters: any of the middle ones, in any order, run in the chain's order" {
    triage --to=json --filters=classify,mail-parse sample >one.ndjson
    mail-parse sample | classify >two.ndjson
    cmp one.ndjson two.ndjson
    mail-parse sample | triage --filters= >three.ndjson
    mail-parse sample | cmp - three.ndjson
    run -64 --separate-stderr triage --filters=mail-parse,nonsense sample
    [ "$stderr" = 'triage: --filters: no filter is called nonsense: see --help' ]
    # without deliver nothing leaves, and nothing is taken
    [ "$(find "$SITE/queues" -type f | wc -l)" -eq 0 ]
}

# ---- nothing happens -----------------------------------------------------------------------------

@test "--dry-run shows the same decisions and changes nothing" {
    triage --to=json --filters=$MIDDLE "$SAMPLE"/00*.eml >/dev/null
    snapshot() {
        (cd "$SITE" && find . -type f ! -name '*.db-shm' ! -name '*.db-wal' -exec sha256sum {} + | sort -k2)
        state
    }
    snapshot >before
    triage --dry-run --to=json sample >dry.ndjson
    snapshot | same before -
    triage --dry-run sample >/dev/null
    snapshot | same before -
    triage --to=json --filters=$MIDDLE sample >wet.ndjson
    cmp dry.ndjson wet.ndjson
}

@test "a rehearsal: the chain without deliver, then deliver --due: nothing leaves, now or later" {
    triage-chain "$GENERATED" >out.ndjson
    [ "$(rows "SELECT count(*) FROM outbox WHERE state = 'prepared'")" -gt 50 ]
    deliver --due
    [ "$(find "$SITE/queues" -type f | wc -l)" -eq 0 ]
    [ "$(rows "SELECT count(*) FROM outbox WHERE state IN ('sent', 'sending', 'released')")" -eq 0 ]
    # a day later the prepared rows expire, with an event each
    count=$(rows "SELECT count(*) FROM outbox WHERE state = 'prepared'")
    POSTROOM_NOW=2026-11-26T18:30:00+01:00 deliver --due
    [ "$(find "$SITE/queues" -type f | wc -l)" -eq 0 ]
    [ "$(rows "SELECT count(*) FROM outbox WHERE state = 'prepared'")" -eq 0 ]
    [ "$(rows "SELECT count(*) FROM event WHERE line LIKE '%\"event\":\"given-up\"%'")" -eq "$count" ]
    # an archive that is rehearsed with deliver writes to nobody: its messages are too old
    fresh
    POSTROOM_NOW=2026-12-24T18:30:00+01:00 triage "$GENERATED"
    [ "$(find "$SITE/queues/replies" -type f | wc -l)" -eq 0 ]
    [ "$(rows "SELECT DISTINCT last_error FROM outbox WHERE key LIKE 'ack:%'")" = too-old ]
}

# ---- codes ---------------------------------------------------------------------------------------

@test "triage-chain: waits for all, and reports the worst code" {
    run -64 triage-chain --nonsense
    run -0 triage-chain --help
    printf '[]\n' >bad.ndjson
    run -65 triage-chain --from=json bad.ndjson
    run -78 triage-chain --config=nowhere.xml sample
    chmod 600 "$SITE/store/house.key"
    echo broken >"$SITE/store/house.key"
    run -78 triage-chain </dev/null
    # with mail, the first program finds its output closed, and 74 comes before 78
    run -74 triage-chain sample
    # a program that is killed leaves work undone
    setup_site
    mkdir bin
    # shellcheck disable=SC2016 # for the program
    printf '%s\n' '#!/bin/sh' 'kill -9 $$' >bin/classify
    chmod +x bin/classify
    PATH=$PWD/bin:$PATH run -75 triage-chain sample
    rm bin/classify
    printf '%s\n' '#!/bin/sh' 'exit 70' >bin/classify
    chmod +x bin/classify
    # the program before it finds its output closed: 74 is worse than 70
    PATH=$PWD/bin:$PATH run triage-chain sample
    [ "$status" -eq 74 ] || [ "$status" -eq 70 ]
}
