#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# `run --separate-stderr` sets stderr.
# shellcheck disable=SC2154

bats_require_minimum_version 1.5.0
load helper

# The decision is tried with a small configuration of its own.
setup() {
    mail=$FIXTURES/escalate/mail.json
    small_site
}

# A fresh store under the small configuration.
small_site() {
    SITE=$BATS_TEST_TMPDIR/site
    rm -rf "$SITE"
    mkdir -p "$SITE/store"
    cp "$FIXTURES/escalate/postroom.xml" "$FIXTURES/escalate/holidays.ics" "$SITE"
    chmod 644 "$SITE/postroom.xml"
    cd "$SITE" || return 1
    export SITE POSTROOM_CONFIG=$SITE/postroom.xml
}

assignments() {
    rows 'SELECT * FROM assignment ORDER BY case_id'
}

# The message of the fixtures with this note.
pick() {
    jq -c --arg note "$1" 'select(.note == $note)' "$mail"
}

@test "escalate: every branch of the decision, as in the golden file" {
    run --separate-stderr -0 escalate "$mail"
    [ "$stderr" = "" ]
    printf '%s\n' "$output" | same "$FIXTURES/escalate/mail.expected" -
    assignments | same "$FIXTURES/escalate/assignments.expected" -
}

@test "escalate: groups of 1, 7 and 256 and one process a message: same bytes, same store" {
    for group in 1 7 256; do
        small_site
        escalate --group=$group "$mail" >out
        same "$FIXTURES/escalate/mail.expected" out
        assignments | same "$FIXTURES/escalate/assignments.expected" -
    done
    small_site
    while IFS= read -r line; do
        printf '%s\n' "$line" | escalate
    done <"$mail" >single
    same "$FIXTURES/escalate/mail.expected" single
    assignments | same "$FIXTURES/escalate/assignments.expected" -
}

@test "escalate: the same deliveries again: the same answers, and no case moves" {
    escalate "$mail" >/dev/null
    escalate "$mail" >out
    same "$FIXTURES/escalate/mail.expected" out
    assignments | same "$FIXTURES/escalate/assignments.expected" -
}

@test "escalate: nothing sensitive, limited, in error or spam has an outside queue" {
    escalate "$mail" >out
    [ "$(jq -c 'select(.triage.route.outside) | select(.triage.sensitive or .triage.errors or
        .triage.kind.value == "spam")' out)" = "" ]
    [ "$(jq -c 'select(.triage.route.outside)' out | wc -l)" -gt 10 ]
}

@test "escalate: a mended rule decides anew, in the same case" {
    note='level 1 in French goes outside; deadlines skip noon and the holiday'
    escalate <(pick "$note") >first
    escalate <(pick "$note" | jq -c '.triage.level = 2 | .triage.category.id = "technical"') >second
    [ "$(jq -r .triage.route.queue first second)" = $'lyon-l1\nteam-l2' ]
    [ "$(rows 'SELECT case_id, queue, level FROM assignment')" = 'CASE1|team-l2|2' ]
}

@test "escalate: a case that was sensitive once stays in the house, until an agent there says so" {
    sed -i 's|<route level="3"|<route level="3" sensitive="no" queue="lyon-l1"/>&|' postroom.xml
    line() { # number, sensitive, level, from, control line
        jq -cn --arg id "sha256-$(printf %064d "$1")" --argjson sensitive "$2" --argjson level "$3" \
            --arg from "$4" --arg queue "${5-}" '{blobId: $id, from: [{name: null, email: $from}],
            receivedAt: "2026-11-23T09:0\($id[-1:]):00Z", triage: ({kind: {value:
            (if $queue == "" then "customer" else "agent" end)}, language: {tag: "fr"},
            case: {id: "CASE1", change: (if $id[-1:] == "1" then "opened" else "joined" end)},
            level: $level, sensitive: $sensitive} + if $queue == "" then {} else
            {control: [{verb: "queue", argument: $queue}]} end)}'
    }
    {
        line 1 true 1 ann@client.example
        line 2 false 3 ann@client.example
        line 3 false 1 kim@lyon-desk.example lyon-l1
        line 4 false 3 ann@client.example
        line 5 false 1 kim@agents.lumiere.example lyon-l1
        line 6 false 3 ann@client.example
    } >mail
    for group in 1 256; do
        rm -f store/postroom.db*
        escalate --group=$group mail >out
        [ "$(jq -r '.triage | [.route.queue, .route.outside, .errors[0].code] | @tsv' out)" = \
            "experts-l3	false	
experts-l3	false	
agents	false	bad-queue
experts-l3	false	
agents	false	
lyon-l1	true	" ]
    done
}

@test "escalate: a store of the first schema is brought forward, with a copy beside it" {
    escalate <(head -n 4 "$mail") >/dev/null
    sqlite3 store/postroom.db 'ALTER TABLE assignment DROP COLUMN sensitive; PRAGMA user_version = 1'
    escalate "$mail" >out
    same "$FIXTURES/escalate/mail.expected" out
    assignments | same "$FIXTURES/escalate/assignments.expected" -
    [ "$(sqlite3 store/postroom.db.1.backup 'PRAGMA user_version; SELECT count(*) FROM decision')" = \
        $'1\n4' ]
}

@test "escalate: an opening mail decided anew does not take the case back from who has it now" {
    escalate "$mail" >/dev/null
    note='level 1 in French goes outside; deadlines skip noon and the holiday'
    escalate --again <(pick "$note") >out
    [ "$(jq -r .triage.route.queue out)" = lyon-l1 ]
    assignments | same "$FIXTURES/escalate/assignments.expected" -
}

@test "escalate: a queue that the configuration lost: the case is routed anew" {
    escalate <(pick 'a route by category') >/dev/null
    sqlite3 store/postroom.db "UPDATE assignment SET queue = 'gone'"
    pick 'a route by category' |
        jq -c '.blobId = "sha256-f" | .triage.case.change = "joined" | .triage.level = 1' >next
    run --separate-stderr -0 escalate next
    [ "$(jq -r '.triage.route | .queue, .why' <<<"$output")" = \
        $'lyon-l1\nlevel=1 language=fr sensitive=no' ]
    [ "$(rows 'SELECT queue FROM assignment')" = lyon-l1 ]
}

@test "escalate: the starter configuration: levels, languages and sensitive mail" {
    cd "$BATS_TEST_TMPDIR" || return 1
    setup_site
    jq -nc '
        def mail(n; l; lang; c; s): {blobId: "sha256-\(n)", receivedAt: "2026-11-23T08:00:00Z",
            triage: ({brand: "lumiere", kind: {value: "customer"}, language: {tag: lang},
            case: {id: "CASE\(n)", change: "opened"}, category: {id: c, confidence: 0.9},
            level: l} + if s then {sensitive: true} else {} end)};
        mail(1; 1; "fr"; "billing"; false), mail(2; 1; "de"; "billing"; false),
        mail(3; 2; "en"; "complaint"; false), mail(4; 3; "fr"; "press"; true)' >mail
    run --separate-stderr -0 escalate mail
    [ "$(jq -r .triage.route.queue <<<"$output")" = $'rabat-l1\nteam-l2\nteam-l2\nexperts-l3' ]
    [ "$(jq -r '.triage.route.firstReplyDue != null' <<<"$output" | sort -u)" = true ]
}

@test "escalate: without a store: 78, for one message 75, and nothing is written" {
    unset POSTROOM_CONFIG
    run --separate-stderr -78 escalate "$mail"
    [[ "$stderr" == 'escalate: '*'names no store'* ]]
    [ "$output" = "" ]
    run --separate-stderr -75 escalate --from=rfc822 "$SAMPLE/001-facture-non-recue.eml"
    [ "$output" = "" ]
}

@test "escalate: a store that cannot be opened: 75" {
    printf 'this is no database, and long enough to be seen as none at all' >store/postroom.db
    run --separate-stderr -75 escalate "$mail"
    [[ "$stderr" == "escalate: $SITE/store/postroom.db: "* ]]
    [ "$output" = "" ]
}

@test "escalate: holidays that are away: 78 with the calendar's name" {
    rm holidays.ics
    run --separate-stderr -78 escalate "$mail"
    [[ "$stderr" == *holidays.ics* ]]
}

@test "escalate: wrong usage: 64" {
    run --separate-stderr -64 escalate --no-such-option
    [ "$output" = "" ]
}

@test "escalate: the examples of the man page" {
    cd "$BATS_TEST_TMPDIR" || return 1
    setup_site
    sample_maildir Maildir
    sed '1s/^/From ann@client.example Mon Nov 23 08:00:00 2026\n/' \
        "$SAMPLE/001-facture-non-recue.eml" >archive.mbox
    sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/s/^\.Dl //p' "$POSTROOM_SRC/man/escalate.1" |
        sed 's/\\(dq/"/g' >examples
    [ "$(wc -l <examples)" -eq 3 ]
    while IFS= read -r example; do
        printf '%s\n' "$example" >example
        run --separate-stderr -0 bash -euo pipefail example
        [ "$output" != "" ]
    done <examples
}

@test "escalate: the man page is clean and has every option" {
    run -0 mandoc -Tlint -Wwarning "$POSTROOM_SRC/man/escalate.1"
    run -0 escalate --help
    while IFS= read -r option; do
        grep -q -e "Fl -${option#--}" "$POSTROOM_SRC/man/escalate.1"
    done < <(grep -o -e '--[a-z-]*' <<<"$output" | sort -u)
}
