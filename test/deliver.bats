#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# deliver and postroom-status: what leaves, when, how often, and what stays.

load helper

bats_require_minimum_version 1.5.0

setup() {
    setup_site
    cd "$BATS_TEST_TMPDIR" || return 1
    MIDDLE=mail-parse,dedupe,classify,escalate,autoreply,audit
}

# prepare FILE…: the chain without deliver.
prepare() {
    triage --to=json --filters="$MIDDLE" "$@" >prepared.ndjson
}

# letter OCTETS [WORD]: a first mail of a customer, with an attachment of so many octets.
letter() {
    cat <<END
Return-Path: <anne@mail.example>
Delivered-To: service@lumiere.example
Received: from out.mail.example by mx.lumiere.example; Mon, 23 Nov 2026 18:20:00 +0100
Message-ID: <${2:-one}@mail.example>
From: Anne Martin <anne@mail.example>
To: service@lumiere.example
Subject: Facture ${2:-une}
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=part

--part

Bonjour, je ne comprends pas le montant de ma facture ${2:-une}, pouvez-vous m'expliquer ?

--part
Content-Type: application/octet-stream

END
    head -c "$1" /dev/zero | tr '\0' 'x' | fold -w 70
    printf '\n--part--\n'
}

mails() {
    find "$SITE/queues/$1/new" -type f | wc -l
}

@test "a mail goes to its queue and its acknowledgement leaves, each once" {
    letter 10 >mail
    triage --from=rfc822 mail
    triage --from=rfc822 mail
    deliver --due
    [ "$(mails rabat-l1)" = 1 ]
    [ "$(mails replies)" = 1 ]
    [ "$(rows "SELECT group_concat(state) FROM outbox")" = sent,sent ]
}

@test "nothing leaves without deliver, and then only with the message" {
    letter 10 >mail
    prepare mail
    deliver --due
    [ "$(mails replies)" = 0 ]
    [ "$(rows "SELECT state FROM outbox")" = prepared ]
    deliver prepared.ndjson
    [ "$(mails replies)" = 1 ]
}

@test "prepared mail that nobody released expires after its time, with an event" {
    letter 10 >mail
    prepare mail
    POSTROOM_NOW=2026-11-24T18:31:00+01:00 deliver --due
    [ "$(rows "SELECT state || ' ' || last_error FROM outbox")" = 'given-up expired' ]
    grep -q '"event":"given-up".*"why":"expired"' "$SITE/store/ledger.ndjson"
}

@test "a reply to an old message is given up: too-old" {
    letter 10 >mail
    POSTROOM_NOW=2026-11-27T10:00:00+01:00 triage --from=rfc822 mail
    [ "$(mails rabat-l1)" = 1 ]
    [ "$(mails replies)" = 0 ]
    [ "$(rows "SELECT state || ' ' || last_error FROM outbox WHERE kind = 'ack'")" = 'given-up too-old' ]
}

@test "a reply whose promise has passed is given up: promise-passed" {
    letter 10 >mail
    POSTROOM_NOW=2026-11-25T20:00:00+01:00 triage --from=rfc822 mail
    [ "$(mails replies)" = 0 ]
    [ "$(rows "SELECT last_error FROM outbox WHERE kind = 'ack'")" = promise-passed ]
}

@test "a destination that is away: the mail is taken, kept and tried again; a large one too" {
    letter 10 one >small
    letter 200000 two >large
    rm -r "$SITE/queues/rabat-l1"
    echo 'no folder' >"$SITE/queues/rabat-l1"
    triage --from=rfc822 small 2>errors
    triage --from=rfc822 large 2>>errors
    grep -q 'stays in the outbox' errors
    [ "$(rows "SELECT count(*) FROM outbox WHERE kind = 'route' AND state = 'released'")" = 2 ]
    [ "$(find "$SITE/store/outbox" -type f | wc -l)" = 1 ]
    run -75 env POSTROOM_NOW=2026-11-23T21:00:00+01:00 postroom-status
    [[ $output == *"mail that should have left"* ]]
    rm "$SITE/queues/rabat-l1"
    POSTROOM_NOW=2026-11-23T21:00:00+01:00 deliver --due
    [ "$(mails rabat-l1)" = 2 ]
    [ "$(find "$SITE/store/outbox" -type f | wc -l)" = 0 ]
    # As it came, under the view fields.
    found=$(find "$SITE/queues/rabat-l1/new" -type f -size +100k)
    tail -c "$(stat -c %s large)" "$found" | cmp - large
    run -0 env POSTROOM_NOW=2026-11-23T21:00:00+01:00 postroom-status
}

@test "an outside queue gets the named fields only; an in-house one all" {
    letter 10 >mail
    triage --from=rfc822 mail
    sed '/^Return-Path/,$d' "$SITE"/queues/rabat-l1/new/* >top
    run -1 grep -Ev '^Triage-(Case|Level|Category|Language|Route): ' top
    triage --from=rfc822 "$SAMPLE/011-courtois-mediateur.eml"
    grep -q '^Triage-State: ' "$SITE"/queues/experts-l3/new/*
    grep -q '^Triage-Sensitive: yes' "$SITE"/queues/experts-l3/new/*
}

@test "what must not leave stays in the house, whatever its route says, with an event" {
    letter 10 >mail
    prepare mail
    for change in '.triage.sensitive = true' \
        '.triage.errors = [{"program":"x","code":"limit-depth","message":""}]' \
        '.triage.route.queue = "nowhere"' 'del(.triage.route)'; do
        jq -c "$change" prepared.ndjson | deliver --again
    done
    [ "$(mails rabat-l1)" = 0 ]
    [ "$(mails experts-l3)" = 1 ] # one delivery, one row: the same mail four times
    [ "$(grep -c '"code":"must-stay"' "$SITE/store/ledger.ndjson")" = 4 ]
    for why in sensitive limit unknown-queue no-route; do
        grep -q "\"why\":\"$why\"" "$SITE/store/ledger.ndjson"
    done
}

@test "--pass: the stream goes on, replies leave, no route is made" {
    letter 10 >mail
    prepare mail
    deliver --pass prepared.ndjson >passed
    same prepared.ndjson passed
    [ "$(mails replies)" = 1 ]
    [ "$(rows "SELECT count(*) FROM outbox WHERE kind = 'route'")" = 0 ]
}

@test "a sender that died: a Maildir gets it once, a command once more, counted as uncertain" {
    cat >send <<END
#!/bin/sh
cat >/dev/null
echo "\$RECIPIENT" >>"$BATS_TEST_TMPDIR/sent"
END
    chmod +x send
    sed -i "s|maildir=\"queues/replies\"|command=\"$BATS_TEST_TMPDIR/send\"|" "$SITE/postroom.xml"
    letter 10 >mail
    triage --from=rfc822 mail
    # As a sender leaves it that is killed between sending and marking.
    sqlite3 "$SITE/store/postroom.db" "UPDATE outbox SET state = 'sending',
        octets = (SELECT 'again')"
    deliver --due
    [ "$(mails rabat-l1)" = 1 ]
    [ "$(wc -l <sent)" = 2 ]
    [ "$(rows "SELECT group_concat(uncertain) FROM (SELECT uncertain FROM outbox ORDER BY kind)")" = 1,0 ]
}

@test "a command that refuses: 67 gives the reply up, 75 keeps it" {
    sed -i "s|maildir=\"queues/replies\"|command=\"exit 67\"|" "$SITE/postroom.xml"
    letter 10 first >mail
    triage --from=rfc822 mail 2>errors
    [ "$(rows "SELECT state FROM outbox WHERE kind = 'ack'")" = given-up ]
    sed -i 's|exit 67|exit 75|' "$SITE/postroom.xml"
    letter 10 second | sed 's/anne@/paul@/' >mail
    triage --from=rfc822 mail 2>>errors
    [ "$(rows "SELECT state || attempts FROM outbox WHERE kind = 'ack' AND recipient LIKE 'paul%'")" = released1 ]
}

@test "sendmail gets -oi, the null path and the address" {
    cat >sendmail <<END
#!/bin/sh
printf '%s\n' "\$@" >"$BATS_TEST_TMPDIR/arguments"
cat >"$BATS_TEST_TMPDIR/mail.sent"
END
    chmod +x sendmail
    sed -i -e 's| *maildir="queues/replies"||' -e "s|/usr/sbin/sendmail|$PWD/sendmail|" "$SITE/postroom.xml"
    letter 10 >mail
    triage --from=rfc822 mail
    printf '%s\n' -oi -f '<>' -- anne@mail.example >expected
    same expected arguments
    grep -q '^Auto-Submitted: auto-replied' mail.sent
}

@test "--list shows what waits, --all what was sent too" {
    letter 10 >mail
    prepare mail
    run -0 deliver --list
    [ "${#lines[@]}" = 2 ]
    [[ ${lines[1]} == prepared*ack* ]]
    deliver prepared.ndjson
    run -0 deliver --list
    [ "${#lines[@]}" = 1 ]
    run -0 deliver --list --all
    [ "${#lines[@]}" = 3 ]
}

@test "postroom-status: a fresh house, a damaged ledger, a bad duration" {
    run -0 postroom-status
    letter 10 >mail
    triage --from=rfc822 mail
    run -0 postroom-status
    [[ $output == *"2 sent, 0 uncertain"* ]]
    sed -i '3s/received/recieved/;2s/1/2/' "$SITE/store/ledger.ndjson"
    run -65 postroom-status
    run -64 postroom-status --late=soon
}
