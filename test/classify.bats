#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# `run --separate-stderr` sets stderr.
# shellcheck disable=SC2154

bats_require_minimum_version 1.5.0
load helper

# The decision is tried with a small configuration of its own.
setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    cp "$FIXTURES/classify/postroom.xml" .
    chmod 644 postroom.xml
    export POSTROOM_CONFIG=$PWD/postroom.xml
    mail=$FIXTURES/classify/mail.json
}

# The message of the fixtures with this note.
pick() {
    jq -c --arg note "$1" 'select(.note == $note)' "$mail"
}

@test "classify: every branch of the decision, as in the golden file" {
    run --separate-stderr -0 classify "$mail"
    [ "$stderr" = "" ]
    printf '%s\n' "$output" | same "$FIXTURES/classify/mail.expected" -
}

@test "classify: one message at a time and all together give the same bytes" {
    for group in 1 7 256; do
        classify --group=$group "$mail" >out
        same "$FIXTURES/classify/mail.expected" out
    done
    while IFS= read -r line; do
        printf '%s\n' "$line" | classify
    done <"$mail" >single
    same "$FIXTURES/classify/mail.expected" single
}

@test "classify: a thousand messages later the answers are the same" {
    for _ in $(seq 40); do cat "$mail"; done >long
    for _ in $(seq 40); do cat "$FIXTURES/classify/mail.expected"; done >expected
    classify long >out
    same expected out
}

@test "classify: deciding on its own output changes nothing" {
    classify "$FIXTURES/classify/mail.expected" >out
    same "$FIXTURES/classify/mail.expected" out
}

@test "classify: --rules-only is accepted and the same" {
    classify --rules-only "$mail" >out
    same "$FIXTURES/classify/mail.expected" out
}

@test "classify: needs no store" {
    unset POSTROOM_CONFIG
    run --separate-stderr -0 classify --rules-only <(pick 'one rule')
    [ "$(jq -c .triage.category <<<"$output")" = '{"id":"billing","confidence":0.88}' ]
}

@test "classify: confidences and thresholds have two decimals" {
    run --separate-stderr -0 classify "$mail"
    [[ "$output" == *'"category":{"id":"other","confidence":0.00}'* ]]
    [[ "$output" == *'{"threshold":0.60}'* ]]
    [[ "$output" == *'{"feature":"courtesy","weight":1.00}'* ]]
}

@test "classify: --explain names each rule with its answer and why" {
    pick 'sensitive by a rule without category' >one
    run --separate-stderr -0 classify --explain one
    cat >expected <<'END'
classify: one, message 1: rule legal-threat: no: no word of line 40 stands there
classify: one, message 1: rule fraud: no: no word of line 43 stands there
classify: one, message 1: rule vip: hit: sender matches "@palace.example"
classify: one, message 1: rule billing: hit: subject has "facture"
classify: one, message 1: rule billing-disputed: no: the pattern of line 54 does not match
classify: one, message 1: rule delivery: no: no word of line 57 stands there
classify: one, message 1: rule delivery-too: no: no word of line 60 stands there
classify: one, message 1: rule technical: no: no word of line 64 stands there
classify: one, message 1: rule form: no: the pattern of line 69 does not match
classify: one, message 1: rule english-shop: no: language is fr
classify: one, message 1: rule guess: no: no word of line 78 stands there
classify: one, message 1: rule urgent: no: none of 2 conditions holds
classify: one, message 1: rule winter: no: no word of line 88 stands there
classify: one, message 1: rule slow: no: the pattern of line 91 does not match
classify: one, message 1: category billing, level 1, sensitive
END
    printf '%s\n' "$stderr" | same expected -
    run --separate-stderr -0 classify --explain <(pick 'a bounce: nothing')
    [[ "$stderr" == *': kind bounce: no category and no level' ]]
    run --separate-stderr -0 classify --explain <(pick 'and after it')
    [[ "$stderr" == *': rule winter: no: the message is outside its period'* ]]
}

@test "classify: a long text is held against the rules only in part, and says so" {
    { yes 'Une ligne comme une autre.' || true; } | head -c 70000 >text
    echo 'avocat' >>text
    jq -nc --rawfile text text '{blobId: "sha256-1", receivedAt: "2026-11-23T08:00:00Z",
        triage: {kind: {value: "customer"}, text: $text}}' >long
    run --separate-stderr -0 classify long
    [ "$(jq -c '.triage.errors[0] | [.program, .code]' <<<"$output")" = \
        '["classify","limit-rules-text"]' ]
    [ "$(jq -r .triage.category.id <<<"$output")" = other ]
}

@test "classify: one message in RFC 5322 form" {
    printf 'From: ann@client.example\nTo: service@lumiere.example\nSubject: Ma facture\n\n%s\n' \
        "Je ne l'ai pas recue." >mail.eml
    run --separate-stderr -0 bash -c 'mail-parse --to=rfc822 mail.eml | classify --from=rfc822'
    [[ "$output" == *'Triage-Category: billing; confidence=0.88'* ]]
    [[ "$output" == *'Triage-Level: 1'* ]]
    [[ "$output" == *'Triage-Reason: rule=billing'* ]]
}

@test "classify: a pattern that PCRE2 refuses: 78 with its place; 75 for one message" {
    sed -i 's/je\\s+(?:la/je\\s+(?:(la/' postroom.xml
    run --separate-stderr -78 classify "$mail"
    [[ "$stderr" == "classify: $PWD/postroom.xml:54:"*': the pattern "'*'missing closing parenthesis'* ]]
    run --separate-stderr -75 classify --to=rfc822 <(pick 'the higher priority wins, with the rule'"'"'s own level')
    [ "$output" = "" ]
}

@test "classify: an unreadable configuration: 78" {
    run --separate-stderr -78 classify --config nowhere.xml "$mail"
    [[ "$stderr" == classify:* ]]
    [ "$output" = "" ]
}

@test "classify: wrong usage: 64" {
    run --separate-stderr -64 classify --no-such-option
    [ "$output" = "" ]
    run --separate-stderr -64 classify --explain=yes
}

@test "classify: a line that is no Email object goes to --reject, the rest on: 65" {
    { pick 'one rule'; echo '{"subject":'; pick 'one rule'; } >broken
    run --separate-stderr -65 classify --reject rejected broken
    [ "$(jq -r .triage.category.id <<<"$output")" = $'billing\nbilling' ]
    [ "$(cat rejected)" = '{"subject":' ]
}

@test "classify: the examples of the man page" {
    unset POSTROOM_CONFIG
    sample_maildir Maildir
    cp "$SAMPLE/011-courtois-mediateur.eml" message.eml
    sed '1s/^/From ann@client.example Mon Nov 23 08:00:00 2026\n/' \
        "$SAMPLE/001-facture-non-recue.eml" >archive.mbox
    cp postroom.xml new.xml
    sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/s/^\.Dl //p' "$POSTROOM_SRC/man/classify.1" |
        sed 's/\\(dq/"/g' >examples
    [ "$(wc -l <examples)" -eq 5 ]
    while IFS= read -r example; do
        printf '%s\n' "$example" >example
        run --separate-stderr -0 bash -euo pipefail example
        [ "$output" != "" ]
    done <examples
}

@test "classify: the man page is clean and has every option" {
    run -0 mandoc -Tlint -Wwarning "$POSTROOM_SRC/man/classify.1"
    run -0 classify --help
    while IFS= read -r option; do
        grep -q -e "Fl -${option#--}" "$POSTROOM_SRC/man/classify.1"
    done < <(grep -o -e '--[a-z-]*' <<<"$output" | sort -u)
}
