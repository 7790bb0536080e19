#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2154 # run --separate-stderr sets stderr
# autoreply: who gets an acknowledgement, who does not and why, and the mail itself.

bats_require_minimum_version 1.5.0
load helper

setup() {
    mail=$FIXTURES/autoreply/mail.json
    setup_site
    cd "$BATS_TEST_TMPDIR" || return
}

outbox() {
    rows "SELECT key, kind, state, case_id, template, '<' || mail_from || '>', recipient,
        message_time, promised_by FROM outbox ORDER BY key"
}

mails() {
    rows "SELECT '==== ' || key || char(10) || CAST(octets AS TEXT) FROM outbox ORDER BY key"
}

acknowledgements() {
    rows 'SELECT * FROM acknowledgement ORDER BY case_id'
    rows 'SELECT * FROM cap ORDER BY address, delivery'
}

# The message of the fixtures with this note.
pick() {
    jq -c --arg note "$1" 'select(.note == $note)' "$mail"
}

# `action` and the reason of each message on standard input.
reasons() {
    jq -r '.triage.autoreply | .why // .action'
}

# Standard input as the `raw` of a customer's message in case $1.
as_raw() {
    jq -R -s -c --arg id "$1" '{blobId: ("sha256-" + $id), receivedAt: "2026-11-23T09:00:00Z",
        from: [{name: null, email: "ann@client.example"}], subject: "x", raw: @base64,
        triage: {brand: "lumiere", case: {id: $id},
            route: {queue: "rabat-l1", due: "2026-11-25T09:00:00Z"}}}'
}

# ---- decisions and mails --------------------------------------------------------------------------

@test "autoreply: every reason and every template, as in the golden files" {
    run --separate-stderr -0 autoreply "$mail"
    [ "$stderr" = "" ]
    printf '%s\n' "$output" | same "$FIXTURES/autoreply/mail.expected" -
    outbox | same "$FIXTURES/autoreply/outbox.expected" -
    mails | same "$FIXTURES/autoreply/mails.expected" -
}

@test "autoreply: groups of 1, 7 and 256 and one process a message: same bytes, same mails" {
    for group in 1 7 256; do
        setup_site
        autoreply --group=$group "$mail" >out
        same "$FIXTURES/autoreply/mail.expected" out
        mails | same "$FIXTURES/autoreply/mails.expected" -
    done
    setup_site
    while IFS= read -r line; do
        printf '%s\n' "$line" | autoreply
    done <"$mail" >single
    same "$FIXTURES/autoreply/mail.expected" single
    mails | same "$FIXTURES/autoreply/mails.expected" -
}

@test "autoreply: never asks the clock" {
    POSTROOM_NOW=2031-01-01T00:00:00Z autoreply "$mail" >out
    same "$FIXTURES/autoreply/mail.expected" out
    mails | same "$FIXTURES/autoreply/mails.expected" -
}

@test "autoreply: the same deliveries again, and with --again: same bytes, no new row" {
    autoreply "$mail" >/dev/null
    acknowledgements >before
    autoreply "$mail" >out
    same "$FIXTURES/autoreply/mail.expected" out
    autoreply --again "$mail" >out
    same "$FIXTURES/autoreply/mail.expected" out
    outbox | same "$FIXTURES/autoreply/outbox.expected" -
    mails | same "$FIXTURES/autoreply/mails.expected" -
    acknowledgements | same before -
}

@test "autoreply: any reader of mail can read the mails" {
    autoreply "$mail" >/dev/null
    python3 - "$SITE/store/postroom.db" <<'END'
import email.policy, email.parser, sqlite3, sys

count = 0
for recipient, octets in sqlite3.connect(sys.argv[1]).execute("SELECT recipient, octets FROM outbox"):
    octets.decode("ascii")
    mail = email.parser.BytesParser(policy=email.policy.default).parsebytes(octets)
    assert not mail.defects, mail.defects
    assert mail["To"].addresses[0].addr_spec == recipient
    assert mail["From"].addresses[0].display_name in ("Lumière Énergie", "Brightshop")
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["Subject"].startswith("[#"), mail["Subject"]
    assert not mail["Subject"].defects
    assert "Bcc" not in mail and "Return-Path" not in mail
    text = mail.get_content()
    assert "\ufffd" not in text and "\n\n" in text
    assert max(len(line) for line in octets.split(b"\n")) <= 76
    count += 1
assert count == 13, count
END
}

@test "autoreply: nothing that a stranger wrote gets into a header section as a field" {
    pick 'line ends, controls and a field in name, subject and Message-ID' | autoreply >/dev/null
    rows 'SELECT CAST(octets AS TEXT) FROM outbox' | sed '/^$/q' >header
    run -1 grep -i '^bcc' header
    run -1 grep -i '^in-reply-to' header
    grep -q '^References: <ok@client.example>$' header
}

@test "autoreply: a block keeps what was decided" {
    pick 'an invoice, in French' | jq -c '.raw = ("From: ann@client.example\n\nx\n" | @base64)' |
        autoreply --to=rfc822 >out
    grep -q '^Triage-Autoreply: acknowledge; promised-by=' out
}

# ---- the guard over octets ------------------------------------------------------------------------

@test "autoreply: Auto-Submitted behind ten thousand fields is found" {
    {
        printf 'From: ann@client.example\r\n'
        seq -f 'X-Filler-%g: x' 10000
        printf 'Auto-Submitted: auto-replied\r\n\r\nx\r\n'
    } | as_raw FILLER0001 | autoreply | reasons >out
    [ "$(cat out)" = auto-submitted ]
}

@test "autoreply: what stands in the body is no field" {
    printf 'From: ann@client.example\n\nAuto-Submitted: auto-replied\nList-Id: x\n' |
        as_raw BODY000001 | autoreply | reasons >out
    [ "$(cat out)" = acknowledge ]
}

@test "autoreply: our acknowledgement that comes back is not acknowledged" {
    pick 'an invoice, in French' | autoreply >/dev/null
    rows 'SELECT CAST(octets AS TEXT) FROM outbox' |
        sed -e '/^X-Postroom/d' -e '/^Auto-Sub/d' -e '/^X-Auto/d' -e 's/^From:.*/From: z@other.example/' |
        as_raw BACK000001 |
        jq -c '.from[0].email = "z@other.example" | .to = [{name: null, email: "ann@client.example"}]' |
        autoreply | reasons >out
    [ "$(cat out)" = own-mark ]
}

@test "autoreply: the customer's answer to it is no mail of ours" {
    pick 'an invoice, in French' | autoreply >/dev/null
    id=$(rows 'SELECT CAST(octets AS TEXT) FROM outbox' | sed -n 's/^Message-ID: //p')
    printf 'From: ann@client.example\nIn-Reply-To: %s\nReferences: %s\n\nx\n' "$id" "$id" |
        as_raw ANSWER0001 | autoreply | reasons >out
    [ "$(cat out)" = acknowledge ]
}

# ---- decided anew ---------------------------------------------------------------------------------

@test "autoreply: decided anew and silent now: its prepared mail is taken back" {
    pick 'an invoice, in French' >first
    pick 'a chaser in the same case' >second
    autoreply first >/dev/null
    [ "$(autoreply second | reasons)" = acknowledged ]
    [ "$(jq -c '.triage.sensitive = true' first | autoreply | reasons)" = sensitive ]
    [ "$(rows 'SELECT state FROM outbox')" = given-up ]
    [ "$(acknowledgements)" = "" ]
    # The case was not acknowledged after all.
    [ "$(autoreply --again second | reasons)" = acknowledge ]
    [ "$(rows "SELECT COUNT(*) FROM outbox WHERE state = 'prepared'")" = 1 ]
}

@test "autoreply: decided anew and not silent after all: the same mail is prepared again" {
    pick 'an invoice, in French' >first
    autoreply first >/dev/null
    mails >before
    jq -c '.triage.sensitive = true' first | autoreply >/dev/null
    autoreply first >/dev/null
    [ "$(rows 'SELECT state FROM outbox')" = prepared ]
    mails | same before -
}

@test "autoreply: what was sent stays sent, and the case acknowledged" {
    pick 'an invoice, in French' >first
    pick 'a chaser in the same case' >second
    autoreply first >/dev/null
    sqlite3 "$SITE/store/postroom.db" "UPDATE outbox SET state = 'sent'"
    jq -c '.triage.sensitive = true' first | autoreply >/dev/null
    [ "$(rows 'SELECT state FROM outbox')" = sent ]
    [ "$(autoreply second | reasons)" = acknowledged ]
    autoreply --again first >/dev/null
    [ "$(rows 'SELECT state FROM outbox')" = sent ]
}

@test "autoreply: another deadline: the prepared mail promises it" {
    pick 'an invoice, in French' >first
    autoreply first >/dev/null
    jq -c '.triage.route.firstReplyDue = "2026-11-24T10:00:00+01:00"' first | autoreply >/dev/null
    [ "$(rows 'SELECT promised_by FROM outbox')" = 1795510800 ]
    [ "$(rows 'SELECT promised_by FROM acknowledgement')" = 1795510800 ]
    rows 'SELECT CAST(octets AS TEXT) FROM outbox' | grep -q '^mardi 24 novembre 2026'
}

# ---- --outbox -------------------------------------------------------------------------------------

@test "autoreply: --outbox writes the same mails into a Maildir, and no row" {
    autoreply --outbox=replies "$mail" >out
    same "$FIXTURES/autoreply/mail.expected" out
    [ "$(rows 'SELECT COUNT(*) FROM outbox')" = 0 ]
    [ "$(find replies/new -type f | wc -l)" -eq 13 ]
    [ -z "$(ls replies/tmp)" ]
    cat replies/new/* | sort >in_files
    sed -e '/^====/d' "$FIXTURES/autoreply/mails.expected" | sort >in_rows
    # sqlite3 ends each row with one more line.
    diff <(sed '/^$/d' in_files) <(sed '/^$/d' in_rows)
}

@test "autoreply: --outbox writes each mail once" {
    autoreply --outbox=replies "$mail" >/dev/null
    for file in replies/new/*; do
        mv "$file" "replies/cur/${file##*/}:2,S"
    done
    autoreply --outbox=replies "$mail" >/dev/null
    autoreply --again --outbox=replies "$mail" >/dev/null
    [ -z "$(ls replies/new)" ]
    [ "$(find replies/cur -type f | wc -l)" -eq 13 ]
    # Sent and removed: a requeue does not bring them back.
    rm replies/cur/*
    autoreply --outbox=replies "$mail" >/dev/null
    [ -z "$(find replies -type f)" ]
}

# ---- configuration --------------------------------------------------------------------------------

@test "autoreply: enabled=\"no\" is silence" {
    sed -i 's/<replies folder="replies" enabled="yes"/<replies folder="replies" enabled="no"/' \
        "$POSTROOM_CONFIG"
    [ "$(pick 'an invoice, in French' | autoreply | reasons)" = no-template ]
    [ "$(rows 'SELECT COUNT(*) FROM outbox')" = 0 ]
}

@test "autoreply: cap=\"0\" is silence" {
    sed -i 's/cap="3"/cap="0"/' "$POSTROOM_CONFIG"
    [ "$(pick 'an invoice, in French' | autoreply | reasons)" = cap ]
}

@test "autoreply: a lacking template falls back on the plain one in the same language" {
    rm "$SITE/replies/acknowledge-complaint.en.mustache"
    pick 'a complaint, in English, with a thread' | autoreply |
        jq -e '.triage.autoreply.template == "acknowledge.en"' >/dev/null
}

@test "autoreply: a broken template is named, nothing is written, 78" {
    printf 'Subject: {{#open}}\n\nBonjour\n' >"$SITE/replies/acknowledge.fr.mustache"
    pick 'an invoice, in French' >first
    run --separate-stderr -78 autoreply first
    [ "$output" = "" ]
    [[ $stderr == *acknowledge.fr.mustache:1:* ]]
    [ "$(rows 'SELECT COUNT(*) FROM outbox')" = 0 ]
    printf 'Bonjour\n' >"$SITE/replies/acknowledge.fr.mustache"
    run --separate-stderr -78 autoreply first
    [[ $stderr == *Subject* ]]
    [ "$(rows 'SELECT COUNT(*) FROM acknowledgement')" = 0 ]
}

# ---- exit codes -----------------------------------------------------------------------------------

@test "autoreply: exit codes" {
    run -0 autoreply </dev/null
    run -64 autoreply --no-such-option
    run -64 autoreply --outbox
    printf '[1]\n' >bad
    run -65 autoreply --from=json --reject=rejects bad
    pick 'an invoice, in French' >first
    run -75 bash -c 'autoreply first >/dev/full'
    run -75 autoreply --from=rfc822 </dev/null
    mv "$SITE/store/house.key" key
    run -78 autoreply first
    printf 'From: a@b.example\n\nx\n' >one
    run -75 autoreply --from=rfc822 one
    mv key "$SITE/store/house.key"
    sqlite3 "$SITE/store/postroom.db" 'PRAGMA user_version = 9999'
    run -75 autoreply first
    run -78 autoreply --config=nowhere.xml first
}

@test "autoreply: a Maildir that cannot be made" {
    : >file
    pick 'an invoice, in French' >first
    run --separate-stderr ! autoreply --outbox=file/replies first
    [ "$output" = "" ]
    [[ $stderr == *file* ]]
}

# ---- the sample -----------------------------------------------------------------------------------

@test "autoreply: the column reply of the sample table" {
    sample_maildir sample
    triage --filters=mail-parse,dedupe,classify,escalate,autoreply sample >out
    paste <(find sample/new -name '*.eml' -printf '%f\n' | sort) <(reasons <out) >got
    cut -f1,9 "$SAMPLE/expected.tsv" | tail -n +2 | same - got
}

@test "autoreply: the examples of the manuals of autoreply and deliver run" {
    mkdir -p archive/new archive/cur archive/tmp
    cp "$SAMPLE"/00*.eml archive/new
    for page in autoreply deliver; do
        sed -e '1,/^\.Sh EXAMPLES/d' -e '/^\.Sh SEE/,$d' "$POSTROOM_SRC/man/$page.1" |
            sed -n -e 's/\\(dq/"/g' -e 's/\\e/\\/g' -e 's/^\.Dl //p' >examples
        [ -s examples ]
        while IFS= read -r example; do
            echo "$page: $example" >&2
            bash -e -o pipefail -c "$example" >/dev/null </dev/null
        done <examples
    done
}
