#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# mail-parse: what a message is, from its octets alone.
# `run --separate-stderr` sets stderr.
# shellcheck disable=SC2154

bats_require_minimum_version 1.5.0
load helper

MAIL=$FIXTURES/mail-parse

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
}

# One member of triage, of the message on standard input, with options.
member() {
    local path=$1
    shift
    mail-parse --from=rfc822 "$@" | jq -c ".triage.$path"
}

# A message with these header lines.
with() {
    printf '%s\n' "$@" '' 'Hello.'
}

# The starter set-up with a change, sed's way.
site_with() {
    setup_site
    sed -i -E "$1" "$SITE/postroom.xml"
}

@test "golden: every fixture gives its object" {
    for mail in "$MAIL"/*.eml; do
        mail-parse --from=rfc822 --no-raw "$mail" | jq . >got.json
        same "${mail%.eml}.json" got.json
    done
}

@test "golden: the line itself, octet by octet" {
    mail-parse --from=rfc822 "$MAIL/thanks.eml" >got.ndjson
    same "$MAIL/thanks.ndjson" got.ndjson
}

@test "every message of the sample has its kind, language and courtesy" {
    for mail in "$SAMPLE"/*.eml; do
        mail-parse --from=rfc822 --no-raw "$mail" | jq -r --arg file "${mail##*/}" \
            '[$file, .triage.kind.value, .triage.language.tag,
              (if .triage.courtesy then "courtesy" else "-" end)] | @tsv'
    done >got.tsv
    # a message on which something else keeps the house silent first may be courteous too
    awk -F '\t' 'NR > 1 { print $1 "\t" $2 "\t" $3 "\t" ($9 == "courtesy" ? $9 : "-") }' \
        "$SAMPLE/expected.tsv" >expected.tsv
    same expected.tsv got.tsv
}

@test "every object fits the schema" {
    mail-parse "$SAMPLE"/*.eml "$MAIL"/*.eml >objects.ndjson
    [ "$(wc -l <objects.ndjson)" -ge 126 ]
    python3 "$POSTROOM_SRC/test/schema.py" "$POSTROOM_SRC/templates/email.schema.json" \
        <objects.ndjson
}

@test "the schema refuses what is no object of ours" {
    mail-parse --from=rfc822 "$MAIL/thanks.eml" >good.ndjson
    for change in '.size = -1' '.subject = 3' '.triage.kind.value = "friend"' '.blobId = "x"' \
        'del(.receivedAt)' '.triage.level = 10' '.from[0].extra = 1' '.raw = "a"'; do
        jq -c "$change" good.ndjson >bad.ndjson
        run python3 "$POSTROOM_SRC/test/schema.py" "$POSTROOM_SRC/templates/email.schema.json" \
            <bad.ndjson
        [ "$status" -eq 1 ] || { echo "accepted: $change"; return 1; }
    done
}

@test "groups of any size, and a second run, give the same bytes" {
    mail-parse "$SAMPLE"/*.eml >one.ndjson
    mail-parse --group=1 "$SAMPLE"/*.eml >two.ndjson
    mail-parse --group=7 "$SAMPLE"/*.eml >three.ndjson
    cmp one.ndjson two.ndjson
    cmp one.ndjson three.ndjson
}

# ---- envelope ------------------------------------------------------------------------------------

@test "envelope: options before environment before fields before From_ line" {
    {
        echo 'From line@x.example Mon Nov 23 09:15:00 2026'
        with 'Return-Path: <field@x.example>' 'Delivered-To: help@brightshop.example'
    } >mail
    SENDER=env@x.example RECIPIENT=orders@brightshop.example \
        run member 'envelope | [.mailFrom, .rcptTo]' --sender=option@x.example \
        --recipient='<service@lumiere.example>' mail
    [ "$output" = '["option@x.example","service@lumiere.example"]' ]
    SENDER=env@x.example RECIPIENT=orders@brightshop.example \
        run member 'envelope | [.mailFrom, .rcptTo]' mail
    [ "$output" = '["env@x.example","orders@brightshop.example"]' ]
    run member 'envelope | [.mailFrom, .rcptTo]' mail
    [ "$output" = '["field@x.example","help@brightshop.example"]' ]
    sed -i '/^Return-Path/d' mail
    run member 'envelope | [.mailFrom, .rcptTo, .from_]' mail
    [ "$output" = '["line@x.example","help@brightshop.example","From line@x.example Mon Nov 23 09:15:00 2026"]' ]
}

@test "envelope: the environment counts for a single message only" {
    with 'Return-Path: <field@x.example>' >mail
    SENDER=env@x.example RECIPIENT=help@brightshop.example mail-parse mail >got.ndjson
    [ "$(jq -c .triage.envelope got.ndjson)" = '{"mailFrom":"field@x.example"}' ]
}

@test "envelope: the null path is empty, unknown is absent, and nonsense is unknown" {
    with 'Subject: x' >mail
    [ "$(member envelope mail)" = null ]
    [ "$(member envelope --sender= mail)" = '{"mailFrom":""}' ]
    [ "$(member envelope '--sender=<>' mail)" = '{"mailFrom":""}' ]
    [ "$(SENDER=MAILER-DAEMON member envelope mail)" = '{"mailFrom":""}' ]
    [ "$(member envelope '--sender=a b@x.example' mail)" = null ]
    [ "$(member envelope $'--recipient=a\tb@x.example' mail)" = null ]
    [ "$(member envelope --recipient= mail)" = null ]
}

@test "brand: recipient, else To, else Cc" {
    with 'To: a@x.example, Help@Brightshop.example' 'Cc: service@lumiere.example' >mail
    [ "$(member brand --recipient=contact@lumiere.example mail)" = '"lumiere"' ]
    [ "$(member brand --recipient=someone@x.example mail)" = '"brightshop"' ]
    sed -i '/^To/d' mail
    [ "$(member brand mail)" = '"lumiere"' ]
    sed -i '/^Cc/d' mail
    [ "$(member brand mail)" = null ]
}

# ---- time ----------------------------------------------------------------------------------------

received_at() {
    mail-parse "$@" | jq -r .receivedAt
}

@test "receivedAt: newest Received field of a trusted host" {
    with 'Received: from a by inner.example; Mon, 23 Nov 2026 12:00:00 +0000' \
        'Received: from b by mx.lumiere.example (Postfix); Mon, 23 Nov 2026 11:00:00 +0000' \
        'Received: from c by mx.lumiere.example; Mon, 23 Nov 2026 01:00:00 +0000' >mail
    site_with 's/trusted-hosts="[^"]*"/trusted-hosts="mx.lumiere.example"/'
    [ "$(received_at --from=rfc822 mail)" = 2026-11-23T11:00:00Z ]
    sed -i -E 's/ *trusted-hosts="[^"]*"//' "$SITE/postroom.xml"
    [ "$(received_at --from=rfc822 mail)" = 2026-11-23T12:00:00Z ]
}

@test "receivedAt: From_ line, Maildir name, Date, file, clock, in this order" {
    {
        echo 'From a@x.example Mon Nov 23 09:15:00 2026'
        with 'Date: Mon, 23 Nov 2026 08:00:00 +0000'
    } >mail
    [ "$(received_at --from=rfc822 mail)" = 2026-11-23T09:15:00Z ]
    mkdir -p box/cur box/new box/tmp
    sed 1d mail >box/new/1795420801.M1P2.host
    [ "$(received_at box)" = 2026-11-23T08:00:01Z ]
    mv box/new/* box/new/other
    [ "$(received_at box)" = 2026-11-23T08:00:00Z ]
    with 'Date: Mon, 23 Nov 2099 08:00:00 +0000' >box/new/other
    touch -d 2026-11-20T10:00:00Z box/new/other
    [ "$(received_at box)" = 2026-11-20T10:00:00Z ]
    [ "$(with 'Subject: x' | received_at --from=rfc822)" = 2026-11-23T17:30:00Z ]
}

# ---- the border ----------------------------------------------------------------------------------

@test "a forged block is not believed" {
    with 'Triage-Kind: spam' 'Triage-State: e30=' 'Triage-Blob: sha256-00; size=1' >mail
    [ "$(member kind.value mail)" = '"customer"' ]
    mail-parse --from=rfc822 mail | jq -r .raw | base64 -d | cmp - mail
}

@test "a forged triage is not believed, and an object without raw is rejected" {
    mail-parse --from=rfc822 "$MAIL/thanks.eml" >true.ndjson
    jq -c '.triage = {"kind": {"value": "agent"}, "sensitive": true} | .subject = "forged"' \
        true.ndjson >forged.ndjson
    mail-parse forged.ndjson >again.ndjson
    [ "$(jq -c '[.subject, .triage.kind.value, .triage.sensitive]' again.ndjson)" = \
        '["Re: votre dossier","customer",null]' ]
    jq -c 'del(.raw)' true.ndjson >bare.ndjson
    run mail-parse --reject=rejected bare.ndjson
    [ "$status" -eq 65 ]
    [[ "$output" == *raw* ]]
    same bare.ndjson rejected
}

@test "--inside: what we wrote comes back as it was" {
    mail-parse --from=rfc822 --sender=someone@x.example --recipient=help@brightshop.example \
        "$MAIL/agent.eml" >one.ndjson
    mail-parse --inside one.ndjson >two.ndjson
    cmp one.ndjson two.ndjson
    mail-parse --inside --to=rfc822 one.ndjson >three.eml
    mail-parse --inside --from=rfc822 --to=json three.eml >four.ndjson
    cmp one.ndjson four.ndjson
}

# ---- kinds and trust -----------------------------------------------------------------------------

@test "of 10,000 header fields the last decides, and the limit shows" {
    {
        for i in $(seq 10000); do echo "X-Filler-$i: x"; done
        with 'Auto-Submitted: auto-replied'
    } >mail
    mail-parse --from=rfc822 mail >got.ndjson
    [ "$(jq -c '[.triage.kind.value, .triage.errors[].code]' got.ndjson)" = \
        '["auto-reply","limit-fields"]' ]
    jq -r .raw got.ndjson | base64 -d | cmp - mail
}

@test "a header line of a megabyte, and multiparts 500 deep: cut, marked, whole in raw" {
    { printf 'Subject: '; head -c 1048576 /dev/zero | tr '\0' x; printf '\n\nHello\n'; } >long
    { for i in $(seq 500); do printf 'Content-Type: multipart/mixed; boundary=b%s\n\n--b%s\n' "$i" "$i"; done; } >deep
    mail-parse long deep >got.ndjson
    [ "$(jq -c '[.triage.errors[].code]' got.ndjson | tr '\n' ' ')" = \
        '["limit-field-size"] ["limit-depth"] ' ]
    jq -r .raw got.ndjson | sed -n 1p | base64 -d | cmp - long
    jq -r .raw got.ndjson | sed -n 2p | base64 -d | cmp - deep
}

@test "a strict brand believes an agent only when the server vouches for him" {
    local results='Authentication-Results: mx.lumiere.example'
    with 'From: ann@rabat-desk.example' 'To: service@lumiere.example' >mail
    setup_site
    [ "$(member kind.value mail)" = '"agent"' ]
    sed -i 's/<brand id="lumiere"/& strict="yes"/' "$SITE/postroom.xml"
    [ "$(member kind.value mail)" = '"customer"' ]
    { echo "$results; spf=pass smtp.mailfrom=evil.example; dkim=pass header.d=evil.example"; cat mail; } >evil
    [ "$(member kind.value evil)" = '"customer"' ]
    { echo "Authentication-Results: evil.example; dkim=pass header.d=rabat-desk.example"; cat mail; } >other
    [ "$(member kind.value other)" = '"customer"' ]
    { echo "$results; dkim=pass header.d=rabat-desk.example"; cat mail; } >good
    [ "$(member kind.value good)" = '"agent"' ]
}

@test "a spam pattern that is refused is a fault of the configuration" {
    site_with 's/(<spam field="X-Spam-Flag" pattern=)"[^"]*"/\1"("/'
    with 'X-Spam-Flag: YES' >mail
    run mail-parse mail
    [ "$status" -eq 78 ] || [ "$status" -eq 75 ]
    [[ "$output" == *"X-Spam-Flag"* ]]
    run mail-parse --from=mbox <<<"From a@x.example Mon Nov 23 09:15:00 2026
X-Spam-Flag: YES

x"
    [ "$status" -eq 78 ]
}

# ---- options -------------------------------------------------------------------------------------

@test "--properties and --no-raw leave out what was not asked for" {
    mail-parse --from=rfc822 --properties=subject,from "$MAIL/thanks.eml" >got.ndjson
    [ "$(jq -c keys_unsorted got.ndjson)" = \
        '["blobId","size","from","subject","receivedAt","triage","raw"]' ]
    mail-parse --from=rfc822 --properties= --no-raw "$MAIL/thanks.eml" >got.ndjson
    [ "$(jq -c keys_unsorted got.ndjson)" = '["blobId","size","receivedAt","triage"]' ]
    mail-parse --from=rfc822 "$MAIL/thanks.eml" | jq -c .triage >whole.json
    jq -c .triage got.ndjson | cmp - whole.json
    run mail-parse --properties=subject,colour "$MAIL/thanks.eml"
    [ "$status" -eq 64 ]
    [[ "$output" == *colour* ]]
}

@test "--explain names the zone of each line and changes nothing" {
    mail-parse --from=rfc822 --explain "$MAIL/agent.eml" >got.ndjson 2>why
    mail-parse --from=rfc822 "$MAIL/agent.eml" | cmp - got.ndjson
    grep -q 'quote:.*Ma facture de novembre est fausse' why
    grep -q 'new:.*Votre facture est corrig' why
}

# ---- exit codes ----------------------------------------------------------------------------------

# ---- body forms ----

FORMS=$FIXTURES/body-forms

@test "body forms: parts, text and attachments of each form that customers send" {
    mail-parse --no-raw "$FORMS"/*.eml >objects.ndjson
    jq -rf "$FORMS/summary.jq" objects.ndjson >got.ndjson
    same "$FORMS/expected.ndjson" got.ndjson
    python3 "$POSTROOM_SRC/test/schema.py" "$POSTROOM_SRC/templates/email.schema.json" \
        <objects.ndjson
}

@test "body forms: what is unpacked is no part of bodyStructure" {
    mail-parse --no-raw "$FORMS"/winmail-*.eml "$FORMS"/uuencode.eml "$FORMS"/smime-*.eml |
        jq -c '[.messageId[0], (.bodyStructure | .. | objects | .partId? | strings)]' >got
    same - got <<'END'
["winmail-alone@petit.example","1"]
["winmail-beside-text@petit.example","1","2"]
["winmail-rtf@petit.example","1"]
["uuencode@petit.example","1"]
["smime-enveloped@petit.example","1"]
["smime-opaque-streamed@petit.example","1"]
["smime-opaque@petit.example","1"]
END
}

@test "body forms: the values of text parts are RFC 8621's, also of flowed and armoured text" {
    mail-parse --no-raw "$FORMS"/flowed.eml "$FORMS"/pgp-clear.eml "$FORMS"/uuencode.eml |
        jq -r '.bodyValues["1"].value' >got
    for mail in flowed pgp-clear uuencode; do
        sed '1,/^$/d' "$FORMS/$mail.eml"
        echo
    done >expected
    same expected got
}

@test "body forms: an opened signature is called unverified, a closed one nothing" {
    mail-parse --no-raw "$FORMS"/smime-*.eml "$FORMS"/pgp-clear.eml |
        jq -c '[.messageId[0], .triage.trust.warnings]' >got
    same - got <<'END'
["smime-enveloped@petit.example",null]
["smime-opaque-streamed@petit.example",["signature-unverified"]]
["smime-opaque@petit.example",["signature-unverified"]]
["pgp-clear@petit.example",null]
END
}

@test "body forms: the text under a block is the text of the line" {
    for mail in "$FORMS"/*.eml; do
        mail-parse --from=rfc822 "$mail" | jq .triage.text >expected
        mail-parse --from=rfc822 --to=rfc822 "$mail" >blocked
        mail-parse --inside --from=rfc822 --to=json blocked | jq .triage.text >got
        same expected got
    done
}

# Hostile: each within two seconds of processor time and 256 MB.
bounded() {
    (ulimit -t 2 -v 262144 && mail-parse --from=rfc822 --no-raw "$@")
}

@test "body forms: TNEF with lying lengths, and a file without end" {
    case $BUILD in *asan*) skip 'a sanitizer needs more memory' ;; esac
    {
        printf 'Content-Type: application/ms-tnef\n\n'
        printf '\x78\x9f\x3e\x22\x01\x00\x01\x03\x90\x06\x00\xff\xff\xff\x7f'
        printf '\xff\xff\xff\xff\x1e\x00\x00\x10\xff\xff\xff\xff'
        head -c 3000000 /dev/zero
    } >lies.eml
    run --separate-stderr -0 bounded lies.eml
    [ "$stderr" = "" ]
    [ "$(jq -c '[.attachments[].partId, .preview]' <<<"$output")" = '["1",""]' ]
    {
        printf 'Subject: x\n\nHello.\nbegin 644 endless\n'
        yes 'M86%A86%A86%A86%A86%A86%A86%A86%A86%A86%A86%A86%A86%A86%A86%A' | head -n 200000
    } >endless.eml
    run --separate-stderr -0 bounded endless.eml
    [ "$(jq -c '[.attachments[] | .partId, .name, .size]' <<<"$output")" = \
        '["1.u1","endless",9000000]' ]
    [ "$(jq -r .triage.text <<<"$output")" = 'Hello.' ]
    yes 'begin 644 x' | head -n 300000 | cat <(printf 'Subject: x\n\n') - >begins.eml
    run --separate-stderr -0 bounded begins.eml
    [ "$(jq -c .attachments <<<"$output")" = '[]' ]
}

@test "body forms: messages inside messages in base64, and a part in every character set" {
    case $BUILD in *asan*) skip 'a sanitizer needs more memory' ;; esac
    printf 'Subject: in\n\n' >inner
    head -c 3000000 /dev/zero | tr '\0' A >>inner
    for _ in {1..6}; do
        {
            printf 'Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n'
            base64 inner
        } >outer
        mv outer inner
    done
    run --separate-stderr -0 bounded inner
    [ "$(jq -c '[.attachments[].partId]' <<<"$output")" = '["1"]' ]
    {
        printf 'Content-Type: multipart/mixed; boundary=b\n\n'
        iconv -l | tr -d '/' | tr -s ' ,' '\n' | head -n 400 | while read -r name; do
            printf -- '--b\nContent-Type: text/plain; charset="%s"\n\ncaf\xe9 %s\n' "$name" "$name"
        done
    } >sets.eml
    run --separate-stderr -0 bounded sets.eml
    [ "$(jq '.textBody | length' <<<"$output")" = 400 ]
}

@test "exit 64: wrong usage" {
    run mail-parse --no-such-option
    [ "$status" -eq 64 ]
    run mail-parse --from=pdf /dev/null
    [ "$status" -eq 64 ]
}

@test "exit 65: a line that is no object, and the others go on" {
    mail-parse --from=rfc822 "$MAIL/thanks.eml" >good.ndjson
    { cat good.ndjson; echo '{"blobId":'; cat good.ndjson; } >mixed.ndjson
    run --separate-stderr mail-parse --reject=rejected mixed.ndjson
    [ "$status" -eq 65 ]
    [ "${#lines[@]}" -eq 2 ]
    [ "$(cat rejected)" = '{"blobId":' ]
}

@test "exit 74 and 75: the output is closed; there is no space" {
    run bash -c 'mail-parse "$1"/*.eml >&-' _ "$SAMPLE"
    [ "$status" -eq 74 ]
    run bash -c 'mail-parse "$1"/*.eml >/dev/full' _ "$SAMPLE"
    [ "$status" -eq 75 ]
}

@test "exit 75: an empty message is no message; an empty stream is an empty stream" {
    run mail-parse --from=rfc822 </dev/null
    [ "$status" -eq 75 ]
    run mail-parse --from=mbox </dev/null
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "exit 78: no such configuration" {
    run mail-parse --config=missing.xml --from=mbox "$MAIL/thanks.eml"
    [ "$status" -eq 78 ]
    run mail-parse --config=missing.xml --from=rfc822 "$MAIL/thanks.eml"
    [ "$status" -eq 75 ]
}

# ---- the manuals ---------------------------------------------------------------------------------

# The examples of a manual, one a line.
examples() {
    sed -n 's/^\.Dl //p' "$POSTROOM_SRC/man/$1" | sed 's/\\(dq/"/g; s/\\e/\\/g'
}

@test "the examples of mail-parse(1) work" {
    cp "$MAIL/bounce.eml" message.eml
    sample_maildir Maildir
    mail-parse --to=mbox "$SAMPLE"/0[0-4]*.eml >archive.mbox
    mkdir -p Mail/inbox
    cp "$SAMPLE"/002-*.eml Mail/inbox/2
    cp "$SAMPLE"/012-*.eml Mail/inbox/10
    cp archive.mbox spool.mbox
    examples mail-parse.1 >list
    [ "$(wc -l <list)" -eq 7 ]
    while read -r example; do
        bash -o pipefail -c "$example" >out 2>err || { cat err; echo "$example"; return 1; }
        [ -s out ] || [ -s err ] || { echo "says nothing: $example"; return 1; }
    done <list
    [ "$(sh -c "$(sed -n 1p list)" | awk '$2 == "bounce" { print $1 }')" -ge 2 ]
}

@test "the examples of triage-json(5) work" {
    mail-parse "$SAMPLE"/*.eml >triaged.ndjson
    mail-parse --from=rfc822 --to=rfc822 "$MAIL/bounce.eml" >triaged.eml
    examples triage-json.5 >list
    [ "$(wc -l <list)" -eq 5 ]
    while read -r example; do
        bash -o pipefail -c "$example" >out 2>err || { cat err; echo "$example"; return 1; }
        [ -s out ] || [ -s first.eml ] || { echo "says nothing: $example"; return 1; }
    done <list
    cmp first.eml "$SAMPLE"/001-*.eml
    grep -q 'bounce; status=5.2.2' out
}
