#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2154 # run --separate-stderr sets stderr
# dedupe: what is a duplicate of what, which case a message joins, and what becomes of that case.

bats_require_minimum_version 1.5.0
load helper

setup_file() {
    BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR setup_site
}

# A copy of the set-up that setup_file made: quicker than making one.
fresh_site() {
    SITE=$BATS_TEST_TMPDIR/site
    rm -rf "$SITE"
    cp -a "$BATS_FILE_TMPDIR/site" "$SITE"
    export SITE POSTROOM_CONFIG=$SITE/postroom.xml
}

setup() {
    work_in_memory
    fresh_site
    cd "$BATS_TEST_TMPDIR" || return
    thread=$FIXTURES/dedupe/thread.json
    long='the parcel that you promised for last Monday has not come yet'
}

teardown() {
    leave_memory
}

# A customer's message as mail-parse hands it on: number (blobId, minute of arrival, Message-ID),
# sender, subject, text, and what else a filter of jq makes of it.
mail() {
    local line time
    printf -v time '%(%FT%TZ)T' $((1795424400 + $1 * 60))
    printf -v line '{"blobId":"sha256-%s","receivedAt":"%s","messageId":["m%s@client.example"],%s}' \
        "$1" "$time" "$1" "\"inReplyTo\":null,\"references\":null,
        \"from\":[{\"name\":null,\"email\":\"$2\"}],
        \"to\":[{\"name\":null,\"email\":\"service@lumiere.example\"}],\"subject\":\"$3\",
        \"triage\":{\"brand\":\"lumiere\",\"kind\":{\"value\":\"customer\"},\"text\":\"$4\"}"
    # Most need no filter, and one jq each takes its time.
    if [ -n "${5:-}" ]; then
        jq -c "$5" <<<"$line"
    else
        printf '%s\n' "${line//$'\n        '/}"
    fi
}

# As mail, but the text is one that nobody else writes.
other() {
    mail "$1" "$2" "$3" "message number $1 says something new in many more words" "${4:-}"
}

# An agent's message that shows case $2.
agent() {
    other "$1" sara@rabat-desk.example "Re: [#$2] your question" \
        ".triage.kind.value = \"agent\" | ${3:-.}"
}

# What became of the messages on standard input: number, change, by, state, follow-up.
became() {
    dedupe | jq -r '[.blobId[7:], (.triage.case | .change, .by, .state, .followUp) // "-"] |
        join(" ")'
}

# How each message on standard input repeats an earlier one.
repeats() {
    dedupe | jq -r '[.blobId[7:], (.triage.duplicate | .by, .of[7:]) // "-"] | join(" ")'
}

# The id of the case that Ann's message 1 opens.
open_case() {
    other "${1:-1}" "${2:-ann@client.example}" "${3:-Parcel}" | dedupe | jq -r .triage.case.id
}

state() {
    rows "SELECT state FROM cases WHERE id = '$1'"
}

# The reply key for address $2 in case $1, computed without our own code.
reply_key() {
    python3 - "$SITE/store/house.key" "$1" "$2" <<'PYTHON'
import hashlib, sys

key = bytes.fromhex(open(sys.argv[1]).read().strip())
text = b"reply\0" + sys.argv[2].encode() + b"\0" + sys.argv[3].lower().encode()
bits = int.from_bytes(hashlib.blake2b(text, key=key, digest_size=16).digest(), "big")
print("".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[bits >> 123 - 5 * i & 31] for i in range(12)))
PYTHON
}

# VALUE of attribute $2 in element $1 of the configuration.
configure() {
    sed -i "s|\(<$1 [^>]*$2=\"\)[^\"]*|\1$3|" "$POSTROOM_CONFIG"
    grep -q "<$1 .*$2=\"$3\"" "$POSTROOM_CONFIG"
}

# ---- one thread -------------------------------------------------------------------------------------

@test "dedupe: a thread, as in the golden file" {
    run --separate-stderr -0 dedupe "$thread"
    [ "$stderr" = "" ]
    printf '%s\n' "$output" | same "$FIXTURES/dedupe/thread.expected" -
}

@test "dedupe: groups of 1, 3 and 256 and one process a message: same bytes, same store" {
    dump() {
        for table in delivery cases party message_id customer customer_address; do
            rows "SELECT * FROM $table ORDER BY 1, 2"
        done
    }
    dedupe "$thread" >/dev/null
    dump >expected
    for group in 1 3; do
        fresh_site
        dedupe --group=$group "$thread" >out
        same "$FIXTURES/dedupe/thread.expected" out
        dump | same expected -
    done
    fresh_site
    while IFS= read -r line; do
        printf '%s\n' "$line" | dedupe
    done <"$thread" >single
    same "$FIXTURES/dedupe/thread.expected" single
    dump | same expected -
}

@test "dedupe: the same deliveries again, and with --again: the same answers, nothing counted twice" {
    dedupe "$thread" >/dev/null
    rows 'SELECT * FROM cases ORDER BY id' >before
    for option in --group=256 --again; do
        dedupe "$option" "$thread" >out
        same "$FIXTURES/dedupe/thread.expected" out
        rows 'SELECT * FROM cases ORDER BY id' | same before -
    done
}

# ---- the same again -------------------------------------------------------------------------------------

@test "dedupe: a copy is a copy, whatever servers on its way added, and with other line ends" {
    body=$'From: ann@client.example\nTo: service@lumiere.example\nMessage-ID: <a@client.example>
Subject: Parcel\n\nWhere is it?'
    printf '%s\n' "Received: by mx.lumiere.example; Mon, 23 Nov 2026 09:00:00 +0000" "$body" >1.eml
    printf '%s\n' "Return-Path: <ann@client.example>" "Delivered-To: contact@lumiere.example" \
        "Received: by mx.lumiere.example" "	; Mon, 23 Nov 2026 09:05:00 +0000" "$body" >2.eml
    sed 's/09:00:/09:01:/; s/$/\r/' 1.eml >3.eml
    sed 's/09:00:/09:02:/; s/^Subject:/X-Scanned: yes\n&/' 1.eml >4.eml
    sed 's/09:00:/09:03:/; s/Where is it?/Where was it?/' 1.eml >5.eml
    for file in 1 2 3 4 5; do mail-parse --to=json $file.eml; done | dedupe >out
    first=$(head -n 1 out | jq -r .blobId)
    [ "$(jq -r '.triage.duplicate.by' out | xargs)" = 'null copy copy message-id null' ]
    [ "$(jq -r '.triage.duplicate // empty | .of, .firstSeenAt' out | sort -u)" = \
        "2026-11-23T09:00:00Z"$'\n'"$first" ]
    [ "$(head -n 4 out | jq -r .triage.case.id | sort -u | wc -l)" -eq 1 ]
    [ "$(jq -r '.triage.case | .change + " " + .by' out | xargs)" = \
        'opened new joined copy joined copy joined message-id joined subject' ]
}

@test "dedupe: a copy goes before an equal Message-ID, and that before an equal text" {
    {
        mail 1 ann@client.example Parcel "$long"
        mail 2 ann@client.example Parcel "$long"
        mail 3 ann@client.example Parcel "$long" '.messageId = ["m2@client.example"]'
        mail 3 ann@client.example Parcel "$long" '.messageId = ["m2@client.example"] |
            .triage.envelope = {rcptTo: "contact@lumiere.example"}'
    } >mails
    run -0 repeats <mails
    [ "$output" = $'1 -\n2 text 1\n3 message-id 2\n3 copy 3' ]
}

@test "dedupe: the same text: of the same customer only, in any case and white space" {
    {
        mail 1 ann@client.example Parcel "$long"
        mail 2 bob@client.example Parcel "$long"
        mail 3 ANN@Client.example 'Another thing' "  ${long^^}"
        mail 4 ann@client.example Parcel "$long, again"
        mail 5 ann@client.example Parcel ''
        mail 6 ann@client.example Parcel ''
    } >mails
    run -0 repeats <mails
    [ "$output" = $'1 -\n2 -\n3 text 1\n4 -\n5 -\n6 -' ]
}

@test "dedupe: a short text is the same under the same subject only" {
    {
        mail 1 ann@client.example 'Invoice' 'seven words are too few to say'
        mail 2 ann@client.example 'Parcel' 'seven words are too few to say'
        mail 3 ann@client.example 'Re: invoice' 'seven words are too few to say'
        mail 4 ann@client.example 'Invoice' 'but eight words are enough to say it'
        mail 5 ann@client.example 'Parcel' 'but eight words are enough to say it'
    } >mails
    run -0 repeats <mails
    [ "$output" = $'1 -\n2 -\n3 text 1\n4 -\n5 text 4' ]
}

@test "dedupe: the same text: inside the window of the configuration, to the second" {
    configure windows duplicate PT10M
    {
        mail 1 ann@client.example Parcel "$long"
        mail 11 ann@client.example Parcel "$long"
        mail 31 bob@client.example Parcel "$long"
        mail 41 bob@client.example Parcel "$long" '.receivedAt |= (fromdate + 1 | todate)'
    } >mails
    run -0 repeats <mails
    [ "$output" = $'1 -\n11 text 1\n31 -\n41 -' ]
}

@test "dedupe: copies and equal Message-IDs are found in every kind, equal texts in customers' mail" {
    for kind in agent bounce auto-reply feedback-report bulk spam; do
        fresh_site
        {
            mail 1 ann@client.example Parcel "$long" ".triage.kind.value = \"$kind\""
            mail 1 ann@client.example Parcel "$long" ".triage.kind.value = \"$kind\" |
                .triage.envelope = {rcptTo: \"contact@lumiere.example\"}"
            mail 2 ann@client.example Parcel "$long" ".triage.kind.value = \"$kind\" |
                .messageId = [\"m1@client.example\"]"
            mail 3 ann@client.example Parcel "$long" ".triage.kind.value = \"$kind\""
        } >mails
        run -0 repeats <mails
        [ "$output" = $'1 -\n1 copy 1\n2 message-id 1\n3 -' ]
    done
}

@test "dedupe: a duplicate joins the case, is no follow-up and reopens nothing" {
    id=$(mail 1 ann@client.example Parcel "$long" | dedupe | jq -r .triage.case.id)
    agent 2 "$id" '.triage.control = [{verb: "close"}]' | dedupe >/dev/null
    {
        mail 3 ann@client.example Parcel "$long"
        mail 4 ann@client.example Parcel "$long" '.messageId = ["m1@client.example"]'
    } >mails
    run -0 became <mails
    [ "$output" = $'3 joined text closed\n4 joined message-id closed' ]
    [ "$(rows 'SELECT count(*), max(follow_ups) FROM cases')" = '1|0' ]
}

@test "dedupe: a copy of an agent's mail does not answer or close the case once more" {
    id=$(open_case)
    agent 2 "$id" '.triage.control = [{verb: "close"}]' >close
    agent 3 "$id" >answer
    {
        cat close
        other 4 ann@client.example Parcel
        jq -c '.triage.envelope = {rcptTo: "contact@lumiere.example"}' close
        cat answer
        other 5 ann@client.example Parcel
        jq -c '.triage.envelope = {rcptTo: "contact@lumiere.example"}' answer
    } >mails
    run -0 became <mails
    [ "$output" = '2 closed id closed
4 reopened subject open 1
2 joined copy open
3 answered id answered
5 joined subject open 2
3 joined copy open' ]
}

@test "dedupe: a requeue is no duplicate and gets the stored answer, whatever happened since" {
    mail 1 ann@client.example Parcel "$long" >first
    mail 2 ann@client.example Parcel "$long" >second
    dedupe first >answer1
    dedupe second >answer2
    id=$(jq -r .triage.case.id answer1)
    agent 3 "$id" | dedupe >/dev/null
    other 4 ann@client.example Parcel | dedupe >/dev/null
    rows 'SELECT * FROM cases' >before
    dedupe first | same answer1 -
    dedupe second | same answer2 -
    [ "$(jq -r .triage.duplicate.by answer2)" = text ]
    rows 'SELECT * FROM cases' | same before -
}

@test "dedupe: a Message-ID used for another text is noted, and makes no duplicate" {
    {
        mail 1 ann@client.example Form "$long"
        mail 2 bob@client.example Form 'something else that somebody else wrote in the same form' \
            '.messageId = ["m1@client.example"]'
        mail 3 cid@client.example Form "$long" '.messageId = ["m3@client.example"]'
    } >mails
    dedupe mails >out
    [ "$(jq -c '[.triage.duplicate, .triage.case.change, .triage.case.reusedMessageId]' out)" = \
        $'[null,"opened",null]\n[null,"opened",true]\n[null,"opened",null]' ]
}

# ---- cases: reply key and id ------------------------------------------------------------------------

@test "dedupe: the reply key of an acknowledgement, in the address and in References" {
    triage --to=json --outbox=outbox --filters=mail-parse,dedupe,classify,escalate,autoreply \
        "$SAMPLE/001-facture-non-recue.eml" >first
    customer=$(jq -r '.from[0].email' first)
    id=$(jq -r .triage.case.id first)
    key=$(reply_key "$id" "$customer")
    address=$(sed -n 's/^Reply-To: //p' outbox/new/* | tr -d '\r')
    message_id=$(sed -n 's/^Message-ID: <\(.*\)>.*/\1/p' outbox/new/*)
    [ "$address" = "service+$id.$key@lumiere.example" ]
    [[ "$message_id" == "$id".????????."$key"@* ]]

    other 11 "$customer" 'New subject' ".to[0].email = \"$address\"" >by-to
    other 12 "$customer" 'New subject 2' ".to = [] | .cc = [{email: \"${address,,}\"}]" >by-cc
    other 13 "$customer" 'New subject 3' ".triage.envelope = {rcptTo: \"$address\"}" >by-envelope
    other 14 "$customer" 'New subject 4' ".references = [\"x@y\", \"$message_id\", \"z@y\"]" >by-ref
    other 15 "$customer" 'New subject 5' ".inReplyTo = [\"$message_id\"]" >by-in-reply-to
    other 16 stranger@else.example 'New subject 6' ".to[0].email = \"$address\"" >stranger
    run -0 became < <(cat by-to by-cc by-envelope by-ref by-in-reply-to stranger)
    [ "$output" = '11 joined reply-key open 1
12 joined reply-key open 2
13 joined reply-key open 3
14 joined reply-key open 4
15 joined reply-key open 5
16 opened linked open' ]
    [ "$(dedupe <stranger | jq -r .triage.case.linked)" = "$id" ]
}

@test "dedupe: a reply key lets in whom it was sent to, though he is no party" {
    id=$(open_case)
    key=$(reply_key "$id" eve@other.example)
    run -0 became < <(other 2 Eve@Other.Example Hello ".to[0].email = \"a+$id.$key@lumiere.example\"")
    [ "$output" = '2 joined reply-key open 1' ]
}

@test "dedupe: a mistyped reply key opens no door; a party still shows the id" {
    id=$(open_case)
    key=$(reply_key "$id" eve@other.example)
    case $key in
    0*) wrong=1${key#?} ;;
    *) wrong=0${key#?} ;;
    esac
    case $id in
    *0) no_id=${id%?}1 ;;
    *) no_id=${id%?}0 ;;
    esac
    {
        other 2 eve@other.example Hello ".to[0].email = \"a+$id.$wrong@lumiere.example\""
        other 3 ann@client.example Hello ".to[0].email = \"a+$id.$wrong@lumiere.example\""
        # What is no case id says nothing at all, nor does the key to it.
        other 4 fay@other.example Hello ".to[0].email = \"a+$no_id.$key@lumiere.example\""
        other 5 gus@other.example Hello ".to[0].email = \"a+$id.${key%?}@lumiere.example\""
    } >mails
    run -0 became <mails
    [ "$output" = '2 opened linked open
3 joined id open 1
4 opened new open
5 opened new open' ]
}

@test "dedupe: the id in the subject: a party and an agent join, a stranger opens a linked case" {
    id=$(open_case)
    lower=${id,,}
    {
        other 2 ann@client.example "Autre chose [#$id]"
        other 3 ann@client.example "[#$lower] again"
        agent 4 "$id"
        other 5 eve@other.example "Fwd: [#$id] Parcel"
        other 6 eve@other.example "Fwd: [#$id] Parcel"
    } >mails
    dedupe mails >out
    run -0 became <mails
    [ "$output" = '2 joined id open 1
3 joined id open 2
4 answered id answered
5 opened linked open
6 opened linked open' ]
    [ "$(jq -r '.triage.case.linked // empty' out)" = "$id"$'\n'"$id" ]
    [ "$(rows "SELECT count(*) FROM cases WHERE linked = '$id'")" = 2 ]
    [ "$(rows "SELECT address FROM party WHERE case_id = '$id'")" = ann@client.example ]
}

@test "dedupe: the id of no case opens a case like any other" {
    id=$(open_case)
    sqlite3 "$SITE/store/postroom.db" 'DELETE FROM cases'
    run -0 became < <(other 2 eve@other.example "[#$id] hello")
    [ "$output" = '2 opened new open' ]
}

# ---- cases: references and subject ------------------------------------------------------------------

@test "dedupe: references to any message of a case; a stranger opens a linked one" {
    id=$(open_case)
    {
        other 2 ann@client.example Two '.inReplyTo = ["m1@client.example"]'
        other 3 ann@client.example Three '.references = ["m2@client.example", "unknown@else"]'
        other 4 ann@client.example Four \
            '.references = ["m1@client.example"] | .inReplyTo = ["unknown@else"]'
        other 5 sara@rabat-desk.example Five \
            '.references = ["m3@client.example"] | .triage.kind.value = "agent"'
        other 6 ann@client.example Six '.inReplyTo = ["m5@client.example"]'
        other 7 eve@other.example Seven '.references = ["m1@client.example"]'
        other 8 ann@client.example Eight '.references = ["unknown@else"]'
    } >mails
    dedupe mails >out
    run -0 became <mails
    [ "$output" = '2 joined references open 1
3 joined references open 2
4 joined references open 3
5 answered references answered
6 joined references open 4
7 opened linked open
8 opened new open' ]
    [ "$(jq -r '.triage.case.linked // empty' out)" = "$id" ]
}

@test "dedupe: the nearest ancestor goes before those further away, and the id before all" {
    one=$(open_case 1 ann@client.example One)
    two=$(open_case 2 ann@client.example Two)
    {
        other 3 ann@client.example x '.references = ["m1@client.example", "m2@client.example"]'
        other 4 ann@client.example x '.references = ["m1@client.example", "m2@client.example"] |
            .inReplyTo = ["m1@client.example"]'
        other 5 ann@client.example "[#$one]" '.references = ["m2@client.example"]'
        other 6 ann@client.example "One" '.references = ["m2@client.example"]'
    } >mails
    run -0 jq -r .triage.case.id <(dedupe mails)
    [ "$output" = "$two"$'\n'"$one"$'\n'"$one"$'\n'"$two" ]
}

@test "dedupe: the same subject: of the same customer, without Re: and tags, never an empty one" {
    open_case 1 ann@client.example 'Where is my parcel?'
    {
        other 2 Ann@CLIENT.example 'RE: where is  my PARCEL?'
        other 3 bob@client.example 'Where is my parcel?'
        other 4 ann@client.example 'Where is my invoice?'
        other 5 cid@client.example ''
        other 6 cid@client.example 'Re:'
    } >mails
    run -0 became <mails
    [ "$output" = '2 joined subject open 1
3 opened new open
4 opened new open
5 opened new open
6 opened new open' ]
}

@test "dedupe: the same subject: inside the window of the configuration, counted from the last mail" {
    configure windows case PT20M
    {
        other 1 ann@client.example Parcel
        other 21 ann@client.example Parcel
        other 41 ann@client.example Parcel
        other 62 ann@client.example Parcel
    } >mails
    run -0 became <mails
    [ "$output" = '1 opened new open
21 joined subject open 1
41 joined subject open 2
62 opened new open' ]
}

@test "dedupe: who pointed to somebody else's case does not join his own of the same subject" {
    other=$(open_case 1 bob@client.example Parcel)
    open_case 2 ann@client.example Parcel
    run -0 became < <(other 3 ann@client.example "[#$other] Parcel")
    [ "$output" = '3 opened linked open' ]
}

# ---- what becomes of the case -----------------------------------------------------------------------

@test "dedupe: an agent answers, closes and reopens; the last line counts; others are not ours" {
    id=$(open_case)
    {
        agent 2 "$id"
        agent 3 "$id" '.triage.control = [{verb: "close"}]'
        agent 4 "$id" '.triage.control = [{verb: "reopen"}]'
        agent 5 "$id" '.triage.control = [{verb: "reopen"}, {verb: "note", argument: "x"},
            {verb: "close"}]'
        agent 6 "$id" '.triage.control = [{verb: "level", argument: "2"}]'
    } >mails
    run -0 became <mails
    [ "$output" = '2 answered id answered
3 closed id closed
4 reopened id open
5 closed id closed
6 answered id answered' ]
    [ "$(rows 'SELECT follow_ups FROM cases')" = 0 ]
}

@test "dedupe: an agent opens nothing; a customer cannot close by a control line" {
    id=$(open_case)
    {
        other 2 sara@rabat-desk.example 'hello' '.triage.kind.value = "agent"'
        other 3 sara@rabat-desk.example 'Parcel' '.triage.kind.value = "agent"'
        other 4 ann@client.example Parcel '.triage.control = [{verb: "close"}]'
    } >mails
    run -0 became <mails
    [ "$output" = $'2 -\n3 -\n4 joined subject open 1' ]
    [ "$(state "$id")" = open ]
}

@test "dedupe: the customer's next message reopens a closed case, thanks and machines do not" {
    id=$(open_case)
    {
        agent 2 "$id" '.triage.control = [{verb: "close"}]'
        other 3 ann@client.example Parcel '.triage.courtesy = true'
        other 4 ann@client.example "Absence: [#$id]" '.triage.kind.value = "auto-reply"'
        other 5 ann@client.example Absence \
            '.triage.kind.value = "auto-reply" | .inReplyTo = ["m1@client.example"]'
        other 6 eve@other.example "Absence: [#$id]" '.triage.kind.value = "auto-reply"'
        other 7 ann@client.example Parcel '.triage.kind.value = "auto-reply"'
        other 8 ann@client.example Parcel
        other 9 ann@client.example Parcel
    } >mails
    run -0 became <mails
    [ "$output" = '2 closed id closed
3 joined subject closed
4 joined id closed
5 joined references closed
6 -
7 -
8 reopened subject open 1
9 joined subject open 2' ]
}

@test "dedupe: thanks and follow-ups on an answered case" {
    id=$(open_case)
    {
        agent 2 "$id"
        other 3 ann@client.example Parcel '.triage.courtesy = true'
        other 4 ann@client.example Parcel
    } >mails
    run -0 became <mails
    [ "$output" = '2 answered id answered
3 joined subject answered
4 joined subject open 1' ]
}

@test "dedupe: spam and bulk mail have no case, whatever they show, and make nobody a customer" {
    id=$(open_case)
    rows 'SELECT count(*) FROM customer' >before
    n=1
    for kind in spam bulk; do
        n=$((n + 1))
        other $n "new$n@client.example" "[#$id]" \
            ".triage.kind.value = \"$kind\" | .references = [\"m1@client.example\"]"
    done >mails
    run -0 became <mails
    [ "$output" = $'2 -\n3 -' ]
    rows 'SELECT count(*) FROM customer' | same before -
    [ "$(rows 'SELECT count(*) FROM delivery')" = 3 ]
}

# ---- bounces ----------------------------------------------------------------------------------------

# A bounce of the mail with Message-ID $2 to $3.
bounce() {
    mail "$1" mailer-daemon@mx.client.example 'Undelivered' "returned mail number $1" \
        ".triage.kind = {value: \"bounce\", status: \"5.1.1\", recipients: [\"$3\"],
        returned: \"$2\"} | ${4:-.}"
}

@test "dedupe: a bounce whose key is proven is ours; a forged one has no case" {
    id=$(open_case)
    agent 2 "$id" '.triage.control = [{verb: "close"}]' | dedupe >/dev/null
    key=$(reply_key "$id" ann@client.example)
    eve=$(reply_key "$id" eve@other.example)
    {
        bounce 3 "$id.01234567.$key@lumiere.example" ann@client.example
        # Passed on: it failed elsewhere, and is proven by a party of the case.
        bounce 4 "$id.01234567.$key@lumiere.example" ann@forwarded.example
        bounce 5 "$id.01234567.$eve@lumiere.example" eve@other.example
        bounce 6 "$id.01234567.$eve@lumiere.example" ann@client.example
        bounce 7 "$id.01234567.000000000000@lumiere.example" ann@client.example
        bounce 8 m1@client.example nobody@client.example
        bounce 9 unknown@client.example ann@client.example
        bounce 10 x x "del(.triage.kind.returned)"
        bounce 11 "$id.01234567.$key@lumiere.example" ann@client.example \
            '.triage.kind.value = "feedback-report"'
    } >mails
    run -0 became <mails
    [ "$output" = '3 joined bounce closed
4 joined bounce closed
5 joined bounce closed
6 -
7 -
8 joined bounce closed
9 -
10 -
11 joined bounce closed' ]
    [ "$(dedupe mails | jq -r 'select(.triage.case.ours) | .blobId[7:]' | xargs)" = '3 4 5 11' ]
    [ "$(rows 'SELECT follow_ups, state FROM cases')" = '0|closed' ]
}

@test "dedupe: a bounce is proven by the returned reply address and recipients too" {
    id=$(open_case)
    key=$(reply_key "$id" bob@other.example)
    eve=$(reply_key "$id" eve@other.example)
    {
        # No Message-ID came back, or that of a gateway; the address failed under another name.
        bounce 3 - b@inside.example "del(.triage.kind.returned) | .triage.kind.returnedFrom =
            [\"service+$id.$key@lumiere.example\"] | .triage.kind.returnedTo = [\"bob@other.example\"]"
        bounce 4 gateway@x.example bob@other.example \
            ".triage.kind.returnedFrom = [\"a@b.example\", \"service+$id.$key@lumiere.example\"]"
        bounce 5 gateway@x.example bob@other.example \
            ".triage.kind.returnedFrom = [\"service+$id.$eve@lumiere.example\"]"
        bounce 6 - bob@other.example \
            "del(.triage.kind.returned) | .triage.kind.returnedFrom = [7, {}, \"a@b.example\"]"
    } >mails
    run -0 became <mails
    [ "$(cut -d ' ' -f 1-2 <<<"$output")" = $'3 joined\n4 joined\n5 -\n6 -' ]
    [ "$(dedupe mails | jq -r 'select(.triage.case.ours) | .blobId[7:]' | xargs)" = '3 4' ]
}

# ---- whom a strict brand believes -------------------------------------------------------------------

@test "dedupe: a strict brand believes no sender without proof, neither by id, references nor subject" {
    sed -i 's/<brand id="lumiere"/& strict="yes"/' "$POSTROOM_CONFIG"
    id=$(open_case)
    key=$(reply_key "$id" ann@client.example)
    for vouched in false true; do
        n=$([ $vouched = true ] && echo 10 || echo 20)
        with=".triage.trust = {aligned: $vouched, spf: \"pass\"}"
        other $((n + 1)) ann@client.example "[#$id]" "$with"
        agent $((n + 2)) "$id" "$with"
        other $((n + 3)) ann@client.example Three "$with | .references = [\"m1@client.example\"]"
        other $((n + 4)) ann@client.example Parcel "$with"
        # The reply key proves itself.
        other $((n + 5)) ann@client.example Five \
            "$with | .to[0].email = \"service+$id.$key@lumiere.example\""
    done >mails
    run -0 became <mails
    [ "$output" = '21 opened linked open
22 -
23 opened linked open
24 opened new open
25 joined reply-key open 1
11 joined id open 2
12 answered id answered
13 joined references open 3
14 joined subject open 4
15 joined reply-key open 5' ]
    # Another brand of the same house goes on as ever.
    run -0 became < <(other 31 ann@client.example "[#$id]" '.triage.brand = "brightshop"')
    [ "$output" = '31 joined id open 6' ]
}

# ---- decided anew -----------------------------------------------------------------------------------

@test "dedupe: decided anew from other members: the same case, the same duplicate, nothing counted" {
    {
        other 1 ann@client.example Parcel
        mail 2 ann@client.example Parcel "$long"
        mail 3 ann@client.example Parcel "$long"
    } >mails
    dedupe mails >first
    rows 'SELECT * FROM cases' >before
    jq -c '.triage.brand = "brightshop" | .triage.courtesy = true' mails >mended
    dedupe mended >second
    jq -c '.triage | [.case, .duplicate]' first >expected
    jq -c '.triage | [.case, .duplicate]' second | same expected -
    rows 'SELECT * FROM cases' | same before -
}

@test "dedupe: decided anew as another kind: the case goes with the kind" {
    other 1 ann@client.example Parcel | dedupe >/dev/null
    run -0 became < <(other 1 ann@client.example Parcel '.triage.kind.value = "bulk"')
    [ "$output" = '1 -' ]
    [ "$(rows 'SELECT kind, case_id IS NULL FROM delivery')" = 'bulk|1' ]
}

# ---- trouble ----------------------------------------------------------------------------------------

@test "dedupe: a house key that is away, damaged or for all to read: 78, for one message 75" {
    rm "$SITE/store/house.key"
    run --separate-stderr -78 dedupe "$thread"
    [[ "$stderr" == "dedupe: $SITE/store/house.key: "*'postroom-init makes one'* ]]
    [ "$output" = "" ]
    run --separate-stderr -75 dedupe --from=rfc822 "$SAMPLE/001-facture-non-recue.eml"
    [ "$output" = "" ]
    echo 0123 >"$SITE/store/house.key"
    chmod 600 "$SITE/store/house.key"
    run --separate-stderr -78 dedupe "$thread"
    [[ "$stderr" == *'64 hexadecimal digits'* ]]
    printf '%064d\n' 7 >"$SITE/store/house.key"
    chmod 644 "$SITE/store/house.key"
    run --separate-stderr -78 dedupe "$thread"
    [[ "$stderr" == *chmod* ]]
}

@test "dedupe: a store that cannot be opened: 75, and nothing is written" {
    printf 'this is no database, and long enough to be seen as none at all' \
        >"$SITE/store/postroom.db"
    run --separate-stderr -75 dedupe "$thread"
    [[ "$stderr" == "dedupe: $SITE/store/postroom.db: "* ]]
    [ "$output" = "" ]
}

@test "dedupe: without a sender: a case of its own, nobody's" {
    run -0 became < <(other 1 '' Parcel '.from = null' && other 2 '' Parcel '.from = null')
    [ "$output" = $'1 opened new open\n2 opened new open' ]
    [ "$(rows 'SELECT count(*) FROM party')$(rows 'SELECT count(*) FROM customer')" = 00 ]
}

@test "dedupe: wrong usage: 64" {
    run --separate-stderr -64 dedupe --no-such-option
    [ "$output" = "" ]
}

@test "dedupe: the man page is clean and has every option" {
    run -0 mandoc -Tlint -Wwarning "$POSTROOM_SRC/man/dedupe.1"
    run -0 dedupe --help
    while IFS= read -r option; do
        grep -q -e "Fl -${option#--}" "$POSTROOM_SRC/man/dedupe.1"
    done < <(grep -o -e '--[a-z-]*' <<<"$output" | sort -u)
}

@test "the same words to another brand are no duplicate, and the same subject joins no case there" {
    local text='Where is the invoice of last month? I need it for my tax return, please send it again.'
    for to in service@lumiere.example help@brightshop.example; do
        printf '%s\n' "Received: from a by mx.${to#*@}; Mon, 23 Nov 2026 10:00:00 +0100" \
            "Delivered-To: $to" "From: Ann <ann@mail.example>" "To: $to" \
            "Message-ID: <$to>" 'Subject: Invoice' '' "$text" >"mail.$to"
    done
    mail-parse mail.* | dedupe >got.ndjson
    [ "$(jq -r '.triage.case.change' got.ndjson | sort | uniq -c | awk '{ print $1 $2 }')" = 2opened ]
    [ "$(jq -c 'select(.triage.duplicate)' got.ndjson | wc -l)" = 0 ]
}
