#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The sample mailbox: every row of its table comes true.

bats_require_minimum_version 1.5.0
load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    setup_site
    sample_maildir box
}

# The columns of expected.tsv, from an NDJSON stream of the sample in the order of its names.
table() {
    sed -n 1p "$SAMPLE/expected.tsv"
    jq -r '.triage | [.kind.value, .language.tag // "-", .level // "-", .category.id // "-",
        (if .sensitive then "yes" else "-" end), .route.queue, .duplicate.by // "-",
        (if .autoreply.action == "none" then .autoreply.why else .autoreply.action end)] | @tsv' "$1" |
        paste <(cd "$SAMPLE" && printf '%s\n' *.eml) -
}

@test "every message becomes what the table says" {
    triage --to=json --filters=mail-parse,dedupe,classify,escalate,autoreply,audit box >out.ndjson
    table out.ndjson >got.tsv
    same "$SAMPLE/expected.tsv" got.tsv
}

@test "the table names every message, and messages of every kind, category and language" {
    tail -n +2 "$SAMPLE/expected.tsv" | cut -f1 >named
    (cd "$SAMPLE" && printf '%s\n' *.eml) | same - named
    for kind in customer agent bounce auto-reply feedback-report bulk spam; do
        cut -f2 "$SAMPLE/expected.tsv" | grep -qx "$kind"
    done
    for language in fr en de es; do
        cut -f3 "$SAMPLE/expected.tsv" | grep -qx "$language"
    done
    sed -n 's/.*<category id="\([a-z-]*\)".*/\1/p' "$SITE/postroom.xml" | sort -u >categories
    [ "$(wc -l <categories)" -ge 16 ]
    cut -f5 "$SAMPLE/expected.tsv" | tail -n +2 | grep -vx -e - | sort -u | same categories -
}

# The queue of each message by the folder in which it lies, in the order of the names.
filed() {
    local mail id name
    for name in "$SITE"/queues/*/new/*; do
        printf '%s %s\n' "$(sed -n 's/\r$//; s/^Triage-Blob: \(sha256-[0-9a-f]*\).*/\1/p; /^$/q' "$name")" \
            "$(basename "$(dirname "$(dirname "$name")")")"
    done | sort >places
    for mail in "$SAMPLE"/*.eml; do
        id=sha256-$(sha256sum <"$mail" | cut -d' ' -f1)
        printf '%s\t%s\n' "${mail##*/}" "$(sed -n "s/^$id //p" places)"
    done
}

@test "every message lies in its queue's folder, once, octets as received" {
    triage box
    # what goes outside bears no block: it is found by its octets
    [ "$(find "$SITE"/queues/*/new -type f ! -path '*/replies/*' | wc -l)" -eq "$(find box -type f | wc -l)" ]
    filed >got.tsv
    awk -F '\t' 'NR > 1 { print $1 "\t" ($7 == "rabat-l1" ? "" : $7) }' "$SAMPLE/expected.tsv" |
        same - got.tsv
    for name in "$SITE"/queues/rabat-l1/new/*; do
        # shellcheck disable=SC2016 # awk's own
        LC_ALL=C awk '
            !mail && /^Triage-/ { next }
            { mail = 1 }
            /^\r?$/ { body = 1 }
            !body && /^Untrusted-(Untrusted-)*[Tt][Rr][Ii][Aa][Gg][Ee]/ { sub(/^Untrusted-/, "") }
            { print }' "$name" | sha256sum
    done | cut -d' ' -f1 | sort >outside
    awk -F '\t' '$7 == "rabat-l1" { print $1 }' "$SAMPLE/expected.tsv" |
        (cd "$SAMPLE" && xargs sha256sum) | cut -d' ' -f1 | sort | same - outside
    # nothing but the named fields leaves the house
    cat "$SITE"/queues/rabat-l1/new/* | grep -a -o '^Triage-[A-Za-z]*' | sort -u >fields
    printf 'Triage-%s\n' Case Category Language Level Route | same - fields
}

@test "one acknowledgement for each row that says so; those whose promise has passed stay" {
    triage box
    rows "SELECT state, count(*) FROM outbox WHERE key LIKE 'ack:%' GROUP BY state" >states
    awk -F '\t' '$9 == "acknowledge"' "$SAMPLE/expected.tsv" | wc -l >expected
    awk -F '|' '{ sum += $2 } END { print sum }' states | same expected -
    [ "$(cut -d'|' -f1 states | paste -sd,)" = given-up,sent ]
    sed -n 's/sent|//p' states >sent
    find "$SITE/queues/replies/new" -type f | wc -l | same sent -
    # all are marked as automatic, thread, and go to nobody twice for one message
    for name in "$SITE"/queues/replies/new/*; do
        # unfolded
        sed '/^$/q' "$name" | sed -e :a -e '$!N;s/\n[ \t]/ /;ta' -e 'P;D' >header
        grep '^In-Reply-To: ' header >>answered
        for field in 'Auto-Submitted: auto-replied' 'In-Reply-To: <' 'References: <' 'To: ' 'From: '; do
            grep -q "^$field" header || { echo "$name lacks $field"; return 1; }
        done
    done
    # 076 and 077 are two mails of a form that uses one Message-ID for all
    sort answered | uniq -d | sed 's/.*: //' >twice
    sed -n 's/^Message-ID: //p' "$SAMPLE/076-same-id-one.eml" | same - twice
    rows "SELECT DISTINCT last_error FROM outbox WHERE state = 'given-up'" >why
    echo promise-passed | same - why
}
