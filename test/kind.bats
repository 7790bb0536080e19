#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# `run --separate-stderr` sets stderr.
# shellcheck disable=SC2154

bats_require_minimum_version 1.5.0
load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    export POSTROOM_CONFIG=$POSTROOM_SRC/templates/postroom.xml
    KIND=$FIXTURES/kind
}

# The kind of a mail on standard input.
kind() {
    mail-parse --from=rfc822 --to=json --no-raw | jq -c .triage.kind
}

# Senders of the mails in a file that are (not) called automatic replies.
called() {
    mail-parse --no-raw "$1" | jq -r "select((.triage.kind.value == \"auto-reply\") == $2) |
        .from[0].email"
}

@test "kind: automatic replies by their words alone, in nine languages" {
    for language in en fr de es it pt nl pl ro; do
        [ "$(called "$KIND/$language.mbox" true | grep -c ^machine)" -ge 11 ]
        [ "$(mail-parse --no-raw "$KIND/$language.mbox" | grep -c .)" = 24 ]
    done
}

@test "kind: who writes about an absence is a customer, in nine languages" {
    for language in en fr de es it pt nl pl ro; do
        [ "$(called "$KIND/$language.mbox" true | grep ^person | xargs)" = "" ]
        [ "$(called "$KIND/$language.mbox" false | grep -c ^person)" = 12 ]
    done
}

@test "kind: a decision by words names its signs and has a confidence of two decimals" {
    mail-parse --no-raw "$KIND"/*.mbox >parsed
    run -0 jq -r 'select(.triage.kind.value == "auto-reply") | .triage.kind |
        select((.why | test("^(subject=automatic-reply|wording=[a-z+]+)$") | not) or
            .confidence < 0.7 or .confidence > 1)' parsed
    [ "$output" = "" ]
    run ! grep -E '"confidence":0\.[0-9]{3}' parsed
    # What is sure has none.
    run -0 kind <<'EOF'
From: ann@x.example
Auto-Submitted: auto-replied
Subject: Away

x
EOF
    [ "$output" = '{"value":"auto-reply","why":"field=Auto-Submitted"}' ]
}

@test "kind: delay notices and full mailboxes in plain prose, in nine languages" {
    mail-parse --no-raw "$KIND/notices.mbox" | jq -r '.triage.kind as $k |
        "\(.messageId[0] | split(".")[0]) \($k.value) \($k.action) \($k.recipients | join(" "))"' |
        sort | uniq -c | sed 's/^ *//' >got
    same - got <<'EOF'
9 delayed bounce delayed ann@mail.example
9 failed bounce failed ann@mail.example
EOF
}

@test "kind: an old bounce tells whom it did not reach, why, and which mail it was" {
    run --separate-stderr -0 kind <<'EOF'
Return-Path: <>
From: Mail Delivery System <Mailer-Daemon@mx.example>
To: service@lumiere.example
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to all of its recipients.
The following address failed:

  b@inside.example
    (generated from ann@client.example)
    SMTP error from remote mail server after RCPT TO:<b@inside.example>:
    550 5.1.1 <b@inside.example>: User unknown

------ This is a copy of the message, including all the headers. ------

Return-path: <service+4F7K2Q9XTB.0123456789AB@lumiere.example>
From: Lumière <service@lumiere.example>
To: ann@client.example
Message-ID: <4F7K2Q9XTB.01234567.0123456789AB@lumiere.example>

<other@client.example>: Hello
EOF
    [ "$stderr" = "" ]
    jq . <<<"$output" >got
    same - got <<'EOF'
{
  "value": "bounce",
  "why": "phrase=exim",
  "action": "failed",
  "status": "5.1.1",
  "diagnostic": "550 5.1.1 <b@inside.example>: User unknown",
  "recipients": [
    "b@inside.example",
    "ann@client.example"
  ],
  "returned": "4F7K2Q9XTB.01234567.0123456789AB@lumiere.example",
  "returnedTo": [
    "ann@client.example"
  ],
  "returnedFrom": [
    "service+4F7K2Q9XTB.0123456789AB@lumiere.example",
    "service@lumiere.example"
  ]
}
EOF
}

@test "kind: a customer who sends a bounce on is a customer" {
    bounce='This is the mail system at host mx.example.

<ann@client.example>: 550 5.1.1 User unknown

------ Returned Mail ------

Received: from lumiere.example
Message-ID: <1@lumiere.example>'
    for subject in 'Fwd: Undelivered Mail Returned to Sender' 'TR: Undeliverable' 'My mail' \
        'WG: Unzustellbar'; do
        run -0 kind <<EOF
Return-Path: <bob@client.example>
From: bob@client.example
Subject: $subject

I got this when I wrote to you:

$bounce
EOF
        [ "$output" = '{"value":"customer"}' ]
    done
}

@test "kind: hostile reports are read in bounds" {
    {
        printf '%s\n' 'Return-Path: <>' 'From: MAILER-DAEMON@mx.example' \
            'Content-Type: multipart/report; report-type=delivery-status; boundary=b' '' --b '' \
            'It failed.' --b 'Content-Type: message/delivery-status' '' 'Reporting-MTA: dns; x' ''
        awk 'BEGIN { for (i = 0; i < 100000; i++) printf "Final-Recipient: rfc822;a%d@x.example\n" \
            "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 %s\n\n", i, "no" }'
        printf '%s\n' --b--
    } >report
    {
        printf '%s\n' 'Return-Path: <>' 'From: MAILER-DAEMON@mx.example' 'Subject: failure notice' ''
        awk 'BEGIN { for (i = 0; i < 100000; i++) printf "<a%d@x.example>: unknown user @@@@@@\n", i }'
    } >prose
    for mail in report prose; do
        kind <$mail >got
        [ "$(jq -c '[.value, (.recipients | length)]' got)" = '["bounce",100]' ]
        [ "$(wc -c <got)" -lt 16384 ]
    done
    # What does not fit into the block is cut, and the block is still ours.
    run -0 mail-parse --from=rfc822 --to=rfc822 report
    [ "$(grep -c '^Triage-Blob:' <<<"$output")" = 1 ]
}

@test "kind: complaints, and receipts that are none" {
    run -0 kind <<'EOF'
Return-Path: <staff@provider.example>
From: staff@provider.example
Subject: complaint about message from 192.0.2.1
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: message/rfc822

X-HmXmrOriginalRecipient: ann@client.example
From: service@lumiere.example
Message-ID: <1@lumiere.example>

Hello
--b--
EOF
    [ "$(jq -c '[.value, .why, .returned, .returnedTo]' <<<"$output")" = \
        '["feedback-report","field=X-HmXmrOriginalRecipient","1@lumiere.example",["ann@client.example"]]' ]
    run -0 kind <<'EOF'
Return-Path: <>
From: ann@client.example
Content-Type: multipart/report; report-type=disposition-notification; boundary=b

--b

Your message was displayed.
--b
Content-Type: message/disposition-notification

Final-Recipient: rfc822;ann@client.example
Original-Message-ID: <1@lumiere.example>
Disposition: manual-action/MDN-sent-manually; displayed
--b--
EOF
    [ "$(jq -c '[.value, .recipients, .returned]' <<<"$output")" = \
        '["auto-reply",["ann@client.example"],"1@lumiere.example"]' ]
}
