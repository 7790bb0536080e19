#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# audit and its commands: events, chain, ledger; verify, trace, stats.

bats_require_minimum_version 1.5.0
load helper

setup()
{
    setup_site
    fixtures=${FIXTURES:?}/audit
    ledger=$SITE/store/ledger.ndjson
    cd "$SITE" || return 1
}

# Records the hand-made stream of the fixtures.
record()
{
    audit --from=json "$@" "$fixtures/chain.ndjson" >/dev/null
}

# N messages more, numbered from FIRST: two events each.
more()
{
    local first=$1 count=$2 i
    for ((i = first; i < first + count; i++)); do
        printf '{"blobId":"sha256-%064d","size":%d,"receivedAt":"2026-11-24T09:00:00Z","triage":{"kind":{"value":"customer"},"level":1}}\n' "$i" "$i"
    done
}

# Changes octet PLACE (from 0) of FILE to another one.
flip()
{
    local octet
    octet=$(dd if="$1" bs=1 skip="$2" count=1 status=none | od -An -tu1 | tr -d ' ')
    # shellcheck disable=SC2059
    printf "\\$(printf '%03o' $((octet ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# ---- the filter ---------------------------------------------------------------------------------

@test "audit passes the stream on as it came" {
    audit --from=json "$fixtures/chain.ndjson" >out
    cmp "$fixtures/chain.ndjson" out
}

@test "audit records the events of each message, in their order" {
    record
    sed 's/,"seq":.*//' "$ledger" | diff "$fixtures/chain.events" -
}

@test "audit: a line is checked with standard tools" {
    record
    prev=0000000000000000000000000000000000000000000000000000000000000000
    seq=0
    while IFS= read -r line; do
        seq=$((seq + 1))
        hash=$(printf '%s' "${line%,\"hash\":*}" | sha256sum | cut -d ' ' -f 1)
        [ "${line: -66}" = "$hash\"}" ]
        [ "$(jq -r .prev <<<"$line")" = "$prev" ]
        [ "$(jq -r .seq <<<"$line")" = "$seq" ]
        prev=$hash
    done <"$ledger"
    [ "$seq" = "$(wc -l <"$fixtures/chain.events")" ]
}

@test "audit: the same again adds nothing" {
    record
    cp "$ledger" before
    record
    record --again
    cmp before "$ledger"
}

@test "audit: groups of any size write the same ledger" {
    record --group=1
    mv store one
    mkdir store
    cp one/house.key store
    record --group=7
    cmp one/ledger.ndjson "$ledger"
    rm store/postroom.db* "$ledger"
    record
    cmp one/ledger.ndjson "$ledger"
}

@test "audit: a decision that changed adds what is new of it" {
    record
    before=$(wc -l <"$ledger")
    sed 's/"level":1/"level":2/' "$fixtures/chain.ndjson" | audit >/dev/null
    tail -n +$((before + 1)) "$ledger" >new
    [ "$(jq -r .event new | sort -u)" = classified ]
    [ "$(wc -l <new)" -eq 4 ]
    audit verify
}

@test "audit: no address and no words of people in the log" {
    record
    run -1 grep -i -e @ -e smith -e forged -e stranger -e 'too many' "$ledger"
    [ "$(grep -c '"event":"noted"' "$ledger")" -eq 1 ]
}

@test "audit --log writes another file, whole" {
    record
    audit --log other.ndjson </dev/null
    cmp "$ledger" other.ndjson
}

@test "audit: an empty stream makes no ledger" {
    audit --from=json </dev/null
    [ ! -e "$ledger" ]
    run -0 audit verify
    [[ $output == *"nothing was recorded yet: all good" ]]
}

@test "audit: ledger and lock may be used by the group, by nobody else" {
    (umask 077 && record)
    [ "$(stat -c %a "$ledger")" = 660 ]
    [ "$(stat -c %a "$ledger.lock")" = 660 ]
}

@test "audit: a torn line is cut and written again" {
    record
    cp "$ledger" whole
    for size in 1 5 77 500; do
        truncate -s "-$size" "$ledger"
        run -0 audit </dev/null
        cmp whole "$ledger"
    done
}

@test "audit: a ledger that is gone is written anew" {
    record
    mv "$ledger" whole
    audit </dev/null
    cmp whole "$ledger"
}

@test "audit: an altered end stops the ledger, loudly, and loses no event" {
    record
    cp "$ledger" whole
    flip "$ledger" "$(($(stat -c %s "$ledger") - 200))"
    cp "$ledger" altered
    more 1 1 >in
    run audit in
    [ "$status" -eq 0 ]
    [[ $output == *"audit verify"* ]]
    cmp altered "$ledger"
    run postroom-status
    [ "$status" -eq 65 ]
    mv whole "$ledger"
    audit </dev/null
    audit verify
    grep -q '"blobId":"sha256-0\{63\}1"' "$ledger"
}

@test "audit: a ledger that cannot be written holds no mail up, is named, and is caught up with" {
    more 1 3 >in
    run audit --log=missing/ledger.ndjson in
    [ "$status" -eq 0 ]
    [[ $output == *"missing/ledger.ndjson"* ]]
    audit </dev/null
    run -0 audit verify
    [[ $output == *"6 lines, last seq 6: all good" ]]
}

@test "audit: another's file given as --log is left alone" {
    printf 'ann:x:1000\nbob:x:1001\n' >names
    cp names before
    more 1 1 >in
    run audit --log=names in
    [ "$status" -eq 0 ]
    [[ $output == *"names"* ]]
    cmp before names
}

@test "audit: several at once write one chain, and nobody has to come after them" {
    for i in 1 2 3 4; do
        more "${i}000" 60 >"in$i"
    done
    for i in 1 2 3 4; do
        audit --group=5 "in$i" >"out$i" &
    done
    wait
    run -0 audit verify
    [[ $output == *"480 lines, last seq 480: all good" ]]
    for i in 1 2 3 4; do
        cmp "in$i" "out$i"
    done
}

@test "audit: a dry run of the chain writes no ledger" {
    printf 'From: ann@customer.example\nSubject: Facture\n\nBonjour\n' >mail
    triage --filters=mail-parse,dedupe,classify,escalate,audit --dry-run --from=rfc822 mail >out
    [ -s out ]
    [ ! -e "$ledger" ]
    triage --filters=mail-parse,dedupe,classify,escalate,audit --from=rfc822 mail >out
    cp "$ledger" before
    sed s/Facture/Rechnung/ mail >other
    triage --filters=mail-parse,dedupe,classify,escalate,audit --dry-run --from=rfc822 other >out
    cmp before "$ledger"
}

@test "audit: usage" {
    run -64 audit --no-such-option </dev/null
    run -64 audit --log </dev/null
    run -0 audit --help
    [[ $output == *--log=FILE* ]]
    run -0 audit --version
    [[ $output == audit* ]]
}

@test "audit: without a store it says so" {
    export POSTROOM_CONFIG=
    run -78 audit --from=json "$fixtures/chain.ndjson"
    [[ $output == *postroom-init* ]]
}

# ---- verify -------------------------------------------------------------------------------------

@test "audit verify: a whole ledger" {
    record
    run -0 audit verify
    [ "$output" = "$ledger: 42 lines, last seq 42: all good" ]
    run -0 audit verify --file="$ledger"
    [ "$output" = "$ledger: 42 lines, last seq 42: all good" ]
}

@test "audit verify names the line of a flipped octet" {
    more 1 100 | audit >/dev/null
    [ "$(wc -l <"$ledger")" -eq 200 ]
    size=$(stat -c %s "$ledger")
    for ((place = 0; place < size; place += 1009)); do
        line=$(($(head -c "$place" "$ledger" | wc -l) + 1))
        flip "$ledger" "$place"
        run -65 audit verify
        [[ $output == "$ledger: line $line: "* ]]
        flip "$ledger" "$place"
    done
    audit verify
}

@test "audit verify names the first of two joined lines" {
    record
    place=$(head -n 7 "$ledger" | wc -c)
    flip "$ledger" $((place - 1))
    run -65 audit verify
    [[ $output == "$ledger: line 7: "* ]]
}

@test "audit verify finds a tail that was cut" {
    record
    head -n 40 "$ledger" >shorter
    cat shorter >"$ledger"
    run -65 audit verify
    [[ $output == *"$ledger: line 41: is missing: "*"up to seq 42"* ]]
    run -0 audit verify --file="$ledger"
    truncate -s -1 "$ledger"
    run -65 audit verify
    [[ $output == "$ledger: line 40: is torn"* ]]
    rm "$ledger"
    run -65 audit verify
    [[ $output == "$ledger: line 1: is missing"* ]]
}

@test "audit verify finds missing, doubled and swapped lines" {
    record
    cp "$ledger" whole
    sed 9d whole >"$ledger"
    run -65 audit verify
    [[ $output == "$ledger: line 9: "* ]]
    sed 9p whole >"$ledger"
    run -65 audit verify
    [[ $output == "$ledger: line 10: "* ]]
    sed '9{h;d};10G' whole >"$ledger"
    run -65 audit verify
    [[ $output == "$ledger: line 9: "* ]]
    sed 1,3d whole >"$ledger"
    run -65 audit verify
    [[ $output == *"$ledger: line 1: has seq 4"* ]]
}

@test "audit verify finds a chain that was written anew with good hashes" {
    record
    cp "$ledger" whole
    prev=
    number=0
    while IFS= read -r line; do
        number=$((number + 1))
        text=${line%,\"hash\":*}
        [ "$number" -ne 30 ] || text=${text/\"time\":\"2026/\"time\":\"2025}
        [ -z "$prev" ] || text="${text%,\"prev\":*},\"prev\":\"$prev\""
        prev=$(printf '%s' "$text" | sha256sum | cut -d ' ' -f 1)
        printf '%s,"hash":"%s"}\n' "$text" "$prev"
    done <whole >"$ledger"
    run -0 audit verify --file="$ledger"
    run -65 audit verify
    [[ $output == *"$ledger: line 30: is not what the store has"* ]]
}

@test "audit verify follows rotated files" {
    record
    mv "$ledger" "$ledger.1"
    run -0 audit verify
    more 1 3 | audit >/dev/null
    head -n 1 "$ledger" | grep -q '"seq":43,'
    run -0 audit verify
    [ "${lines[0]}" = "$ledger.1: 42 lines, last seq 42: all good" ]
    [ "${lines[1]}" = "$ledger: 6 lines, last seq 48: all good" ]
    mv "$ledger.1" "$ledger.2"
    mv "$ledger" "$ledger.1"
    : >"$ledger"
    more 4 1 | audit >/dev/null
    run -0 audit verify
    [ "${#lines[@]}" -eq 3 ]
    # The oldest may be thrown away one day; one from the middle may not.
    mv "$ledger.2" kept
    run -0 audit verify
    [[ ${lines[0]} == *"; begins with seq 43" ]]
    mv "$ledger.1" "$ledger.2"
    mv kept "$ledger.1"
    run -65 audit verify
    rm "$ledger".*
    run -65 audit verify
    [[ $output == *"$ledger: line 1: has seq 49"* ]]
}

@test "audit verify: what cannot be read" {
    run -66 audit verify --file=missing
    [[ $output == *missing* ]]
    run -66 audit verify --file=store
    printf 'hello\n' >other
    run -65 audit verify --file=other
    [[ $output == "other: line 1: is no line of an audit log" ]]
    run -0 audit verify --file=/dev/null
}

@test "audit verify: usage" {
    run -64 audit verify extra
    run -64 audit verify --no-such-option
    run -64 audit verify --file
    run -0 audit verify --help
    [[ $output == "usage: audit verify"* ]]
    run -0 audit verify --version
    [[ $output == "audit verify "* ]]
    POSTROOM_CONFIG=missing.xml run -78 audit verify
    # A file of that name is no command.
    more 1 1 >verify
    run -0 audit ./verify
}

@test "audit verify: the store is away" {
    record
    rm store/postroom.db*
    mkdir store/postroom.db
    run -75 audit verify
    run -75 audit trace 4F7K2Q9XTF
    run -75 audit stats
    [[ $output == *postroom.db* ]]
}

# ---- trace --------------------------------------------------------------------------------------

@test "audit trace: a case, however its id is written" {
    record
    for id in 4F7K2Q9XTF 4f7k2q9xtf '[#4F7K2Q9XTF]'; do
        audit trace "$id" | diff "$fixtures/trace-case.txt" -
    done
}

@test "audit trace: a message by its blobId" {
    record
    audit trace "$(sed -n 1p "$fixtures/chain.ndjson" | jq -r .blobId)" |
        diff "$fixtures/trace-message.txt" -
}

@test "audit trace: a message by its Message-ID, through the chain" {
    cat >mail <<'END'
Return-Path: <ann@customer.example>
Received: from mail.customer.example by mx.lumiere.example; Mon, 23 Nov 2026 09:00:00 +0100
From: Ann <ann@customer.example>
To: service@lumiere.example
Subject: Facture
Date: Mon, 23 Nov 2026 09:00:00 +0100
Message-ID: <first.1@customer.example>

Bonjour, je n'ai pas recu ma facture du mois d'octobre. Pouvez-vous me l'envoyer?
END
    mail-parse --from=rfc822 --to=json mail | dedupe | classify | escalate | audit >out
    for id in first.1@customer.example '<first.1@customer.example>'; do
        run -0 audit trace --json "$id"
        [ "$(jq -r '.blobIds[0]' <<<"$output")" = "$(jq -r .blobId out)" ]
        [ "$(jq -r '[.events[].event] | join(" ")' <<<"$output")" = \
            "received opened classified routed" ]
    done
    run -0 audit trace "$(jq -r .triage.case.id out)"
    [ "${#lines[@]}" -eq 5 ]
}

@test "audit trace --json" {
    record
    run -0 audit trace --json 4F7K2Q9XTF
    [ "$(jq -r '.case, .seconds, (.blobIds | length), (.events | length)' <<<"$output" | tr '\n' ' ')" = \
        "4F7K2Q9XTF 288000 7 34 " ]
    [ "$(jq '[.events[].after] | add' <<<"$output")" -eq 288000 ]
    [ "$(jq -r '.events[0].event' <<<"$output")" = received ]
}

@test "audit trace: what is not known" {
    record
    run -66 audit trace 7Q2M4Z1XAB
    [[ $output == *"is no case id"* ]]
    run -66 audit trace nobody@nowhere.example
    run -66 audit trace sha256-00
    [[ $output == *"nothing is recorded"* ]]
    run -64 audit trace
    run -64 audit trace one two
    run -0 audit trace --help
}

# ---- stats --------------------------------------------------------------------------------------

@test "audit stats: by event" {
    record
    audit stats | sed 1d >out
    jq -r .event "$ledger" | sort | uniq -c | awk '{ print $2, $1 }' | sort >expected
    awk '{ print $1, $2 }' out | sort | diff expected -
}

@test "audit stats: an event has the facts of its message" {
    record
    audit stats --by=queue | diff "$fixtures/stats-queue.txt" -
}

@test "audit stats --json with times and dimensions" {
    record
    audit stats --since=2026-11-23T10:31:00Z --until=2026-11-26 --by=day,category,level --json |
        diff "$fixtures/stats.json" -
}

@test "audit stats: each dimension adds up to all events" {
    record
    for by in hour day week month kind language brand category level queue site agent program; do
        run -0 audit stats --by="$by" --json
        [ "$(jq '[.counts[].count] | add' <<<"$output")" -eq 42 ]
        [ "$(jq -r .by[0] <<<"$output")" = "$by" ]
    done
    run -0 audit stats --by=week --json
    [ "$(jq -r '[.counts[].week] | unique | join(" ")' <<<"$output")" = 2026-W48 ]
    run -0 audit stats --by=agent --json
    [ "$(jq -r '[.counts[] | select(.agent == "rabat") | .event] | join(" ")' <<<"$output")" = \
        "closed noted answered" ]
}

@test "audit stats: weeks of ISO 8601" {
    i=0
    for day in 2026-01-01 2025-12-28 2025-12-29 2027-01-03 2027-01-04 2024-12-30 2020-12-31; do
        i=$((i + 1))
        printf '{"blobId":"sha256-%d","size":1,"receivedAt":"%sT12:00:00Z","triage":{}}\n' "$i" "$day"
        date -u -d "$day" +%G-W%V >>weeks
    done | audit >/dev/null
    audit stats --by=week --json | jq -r '.counts[] | .week as $w | range(.count) | $w' |
        diff <(sort weeks) -
}

@test "audit stats --file counts files, together" {
    record
    head -n 20 "$ledger" >first
    tail -n +21 "$ledger" >second
    audit stats --by=queue --file=first --file=second | diff "$fixtures/stats-queue.txt" -
    POSTROOM_CONFIG=/nowhere audit stats --by=queue --file="$ledger" |
        diff "$fixtures/stats-queue.txt" -
}

@test "audit stats: usage and bad files" {
    run -64 audit stats --by=colour
    [[ $output == *"category"* ]]
    run -64 audit stats --by=day,day
    run -64 audit stats --since=yesterday
    run -64 audit stats --until=2026-13-01
    run -64 audit stats extra
    run -66 audit stats --file=missing
    printf 'hello\n' >other
    run -65 audit stats --file=other
    [[ $output == *"line 1"* ]]
    run -0 audit stats
    [[ $output == event* ]]
}

# ---- manuals ------------------------------------------------------------------------------------

@test "the examples of the manuals run" {
    {
        printf 'From ann@customer.example Mon Nov 23 08:00:00 2026\n'
        printf 'From: ann@customer.example\nTo: service@lumiere.example\nSubject: Facture\n'
        printf 'Date: Mon, 23 Nov 2026 09:00:00 +0100\nMessage-ID: <a@customer.example>\n\n'
        printf "Bonjour, je n'ai pas recu ma facture.\n\n"
    } >archive.mbox
    for page in audit.1 audit-verify.1 audit-trace.1 audit-stats.1 triage-ledger.5; do
        [ ! -f "$ledger" ] || cp "$ledger" copy.ndjson
        sed -e '1,/^\.Sh EXAMPLES/d' -e '/^\.Sh SEE/,$d' "$POSTROOM_SRC/man/$page" |
            sed -n -e 's/\\(dq/"/g' -e 's/\\e/\\/g' -e 's/^\.Dl //p' >examples
        [ -s examples ]
        while IFS= read -r example; do
            echo "$page: $example"
            bash -o pipefail -c "$example" </dev/null
        done <examples
    done
}
