#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Six thousand real messages (`make corpus`) with copies through the chain: none is lost, copies are
# recognised, a second run changes nothing, and `triage` gives the same bytes. Without the corpus the
# same with 400 generated messages.

load helper

setup() {
    setup_site
    cd "$BATS_TEST_TMPDIR" || return 1
    MAIL=$BATS_TEST_TMPDIR/mail
}

# Rows of the tables that a second run must not add to.
counts() {
    rows "SELECT (SELECT count(*) FROM delivery), (SELECT count(*) FROM cases),
        (SELECT count(*) FROM event), (SELECT count(*) FROM outbox),
        (SELECT count(*) FROM decision), (SELECT count(*) FROM acknowledgement)"
}

# One line a message: blobId, how a duplicate was found, of what.
summary() {
    jq -r '[.blobId, .triage.duplicate.by // "-", .triage.duplicate.of // "-"] | @tsv' "$1"
}

# run_all OWN COPIES EXACT: what is in $MAIL through the chain, twice, and through triage.
run_all() {
    local own=$1 copies=$2 all=$(($1 + $2 + $3)) group groups=256
    [ -z "${POSTROOM_LONG:-}" ] || groups='256 7 1'
    [ "$(find "$MAIL/new" -type f | wc -l)" = $all ]
    triage-chain "$MAIL" >chain.ndjson
    [ "$(wc -l <chain.ndjson)" = $all ]
    [ "$(rows 'SELECT count(*) FROM delivery')" = $((own + copies)) ]
    # Each copy with other trace fields is a copy; the exact ones are the delivery they repeat.
    summary chain.ndjson >summary.tsv
    [ "$(sed -n "$((own + 1)),$((own + copies))p" summary.tsv | cut -f 2 | sort -u)" = copy ]
    sed -n "$((own + copies + 1)),\$p" summary.tsv | sort >exact.tsv
    sed -n "1,${own}p" summary.tsv | sort | comm -13 - exact.tsv >not-stored.tsv
    [ ! -s not-stored.tsv ]
    # Whatever else was called a duplicate is listed, to be looked at.
    sed -n "1,${own}p" summary.tsv | awk -F '\t' '$2 != "-"' >others.tsv
    echo "# $all out, $((own + copies)) deliveries, $copies by=copy, others: $(cut -f 2 others.tsv |
        sort | uniq -c | awk '{ printf "%s%s %s", sep, $1, $2; sep = ", " }')" >&3
    [ "$(rows "SELECT count(*) FROM event WHERE line LIKE '%\"event\":\"received\"%'")" = \
        $((own + copies)) ]
    audit verify
    [ "$(rows "SELECT max(seq) FROM event")" = "$(wc -l <"$SITE/store/ledger.ndjson")" ]

    # Again: the same bytes, nothing new.
    counts >before
    cp "$SITE/store/ledger.ndjson" ledger.ndjson
    triage-chain "$MAIL" | cmp - chain.ndjson
    counts >after
    same before after
    cmp ledger.ndjson "$SITE/store/ledger.ndjson"

    # The same in one process, whatever the size of a group.
    for group in $groups; do
        setup_site
        triage --group="$group" --filters=mail-parse,dedupe,classify,escalate,autoreply,audit \
            "$MAIL" | cmp - chain.ndjson
        cmp ledger.ndjson "$SITE/store/ledger.ndjson"
        counts | same before -
    done
}

@test "the corpus, 300 copies with other trace fields, 100 exact ones" {
    [ -e "$POSTROOM_SRC/build/corpus/.complete" ] || skip 'no corpus: "make corpus" fetches it'
    [[ $BUILD != *asan* ]] || skip 'too long with sanitised programs: the next test is for them'
    "$POSTROOM_SRC/test/tools/corpus-maildir" "$POSTROOM_SRC/build/corpus" "$MAIL" --copies 300 \
        --exact 100
    run_all 6046 300 100
    cp others.tsv "$POSTROOM_SRC/build/corpus-duplicates.tsv"
}

@test "400 generated messages, 60 copies with other trace fields, 40 exact ones" {
    "$POSTROOM_SRC/test/tools/generate-mail" --count 400 --copies 60 --exact 40 --maildir "$MAIL"
    run_all 400 60 40
}
