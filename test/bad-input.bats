#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Bad input: each is named in one clear line, nothing is lost, nothing crashes.
# `run` sets output, lines and stderr in each test.
# shellcheck disable=SC2154,SC2030,SC2031

bats_require_minimum_version 1.5.0
load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    setup_site
}

# whole FILE [OPTION…]: one message through the chain, as procmail does it: 0, and its octets are
# there, as received, below the block. The output is left in out.
whole() {
    local file=$1
    shift
    triage --from=rfc822 --to=rfc822 "$@" "$file" >out
    triage --filters= --from=rfc822 --to=json out >out.ndjson
    jq -r .raw out.ndjson | base64 -d | cmp - "$file"
}

# The codes of the errors on the message that `whole` left.
errors() {
    jq -r '[.triage.errors[]?.code] | join(",")' out.ndjson
}

route() {
    jq -r '[.triage.route.queue, .triage.autoreply.action, .triage.autoreply.why // "-"] | join(" ")' out.ndjson
}

header() {
    printf '%s\n' 'Received: from x by mx.lumiere.example; Mon, 23 Nov 2026 09:00:00 +0100' \
        'From: Ann Blum <ann@x.example>' 'To: service@lumiere.example' 'Subject: Facture' \
        'Message-ID: <a1@x.example>'
}

body() {
    printf '%s\n' '' 'Bonjour, je ne comprends pas le montant de ma facture.'
}

# ---- octets --------------------------------------------------------------------------------------

@test "empty input: a stream of nothing is 0, one message of nothing is 75" {
    run -0 --separate-stderr triage </dev/null
    [ "$output$stderr" = '' ]
    run -75 --separate-stderr triage --from=rfc822 </dev/null
    [ "$stderr" = 'triage: the input is empty: was the program before this one killed?' ]
    run -75 --separate-stderr triage --from=rfc822 --to=rfc822 </dev/null
    [ "$output" = '' ]
    [ "$stderr" = 'triage: the input is empty: no message was written; was the program before this one killed?' ]
}

@test "not mail: a picture, a program, prose are one message of their own octets" {
    printf 'GIF89a\001\000\001\000\200\001\000\377\377\377\000\000\000!\371\004' >picture
    head -c 100000 "$(command -v triage)" >program
    printf 'Where is my parcel?' >prose
    for file in picture program prose; do
        whole "$file"
        [ "$(route | cut -d' ' -f2-3)" = 'none no-sender' ] || { route; return 1; }
    done
}

@test "NUL octets in header and body" {
    { header; printf 'X-Odd: a\000b\nSubj\000ect: x\n'; body; printf 'NUL \000 here\n\000\000'; } >mail
    whole mail
    [ "$(jq -r '.subject' out.ndjson)" = Facture ]
    [ "$(jq -r .triage.category.id out.ndjson)" = billing ]
}

@test "a header line of 1 MB: cut in the object, whole in the octets, no automatic answer" {
    { header; printf 'X-Long: '; head -c 1048576 /dev/zero | tr '\0' a; echo; body; } >mail
    whole mail
    [ "$(errors)" = limit-field-size ]
    [[ $(route) == *' none limit' ]]
    [[ $(route) != rabat-l1* ]]
}

@test "10,000 header fields with Auto-Submitted last: no automatic answer" {
    { header; seq -f 'X-%g: y' 10000; echo 'Auto-Submitted: auto-generated'; body; } >mail
    whole mail
    [ "$(errors)" = limit-fields ]
    [[ $(route) == *' none auto-submitted' ]] || { route; return 1; }
    grep -q '^Triage-Error: mail-parse; code=limit-fields$' out
}

@test "multiparts 500 deep: a limit is hit, nothing goes outside, the last text is not lost" {
    {
        header
        echo 'MIME-Version: 1.0'
        for ((i = 0; i < 500; i++)); do
            printf 'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' $i $i
        done
        printf 'Content-Type: text/plain\n\nMa facture.\n'
    } >mail
    whole mail
    [[ ,$(errors), == *,limit-depth,* ]]
    [[ $(route) == *' none limit' ]]
    [[ $(route) != rabat-l1* ]]
}

@test "an unknown charset, a charset that lies, invalid UTF-8: text is repaired, octets are not" {
    { header; printf '%s\n' 'Content-Type: text/plain; charset=x-klingon'; body; printf 'caf\351\n'; } >unknown
    { header; printf '%s\n' 'Content-Type: text/plain; charset=utf-8'; body; printf 'caf\351 \355\240\200\n'; } >lying
    for file in unknown lying; do
        whole "$file"
        [ "$(jq -r .triage.category.id out.ndjson)" = billing ]
        python3 -c 'import sys; sys.stdin.buffer.read().decode()' <out.ndjson
    done
    [ "$(jq -r '.bodyValues[].isEncodingProblem' out.ndjson)" = true ]
}

@test "broken base64 and quoted-printable: what can be read is read" {
    text=$(printf 'Bonjour, ma facture est fausse.' | base64)
    { header; printf '%s\n' 'Content-Transfer-Encoding: base64' '' "${text:0:20}!!*${text:20}=="; } >base64
    { header; printf '%s\n' 'Content-Transfer-Encoding: quoted-printable' '' 'Ma facture =ZZ est =' ; } >qp
    { header; printf '%s\n' 'Content-Transfer-Encoding: x-none' '' 'Ma facture' ; } >none
    for file in base64 qp none; do
        whole "$file"
    done
    triage --filters=mail-parse --to=json base64 | jq -r '.bodyValues[].value' | grep -q facture
}

@test "no From, no Date: routed, answered to nobody" {
    { header | grep -v '^From\|^Received'; body; } >mail
    whole mail
    [[ $(route) == *' none no-sender' ]]
    [ "$(jq -c '[.from, .sentAt]' out.ndjson)" = '[null,null]' ]
    [ "$(jq -r .receivedAt out.ndjson)" != null ]
}

@test "a report on a delivery to thousands: a block of bounded size, an error, and no message stuck" {
    {
        printf '%s\n' 'From: MAILER-DAEMON@x.example' 'To: service@lumiere.example' 'MIME-Version: 1.0' \
            'Content-Type: multipart/report; report-type=delivery-status; boundary=b' '' '--b' \
            'Content-Type: text/plain' '' 'failed' '--b' 'Content-Type: message/delivery-status' '' \
            'Reporting-MTA: dns; x.example' ''
        for ((i = 0; i < 3000; i++)); do
            printf 'Final-Recipient: rfc822; somebody-%d@far-away.example\nAction: failed\nStatus: 5.1.1\n\n' $i
        done
        printf '%s\n' '--b--'
    } >mail
    whole mail
    [ "$(sed '/^Triage-Blob/q' out | wc -c)" -le 32768 ]
    [ "$(jq -r .triage.route.queue out.ndjson)" = postmaster ]
}

# ---- forged blocks -------------------------------------------------------------------------------

@test "forged Triage fields in every spelling: quoted, never believed, and the octets come back" {
    digest=$(printf 'x' | sha256sum | cut -d' ' -f1)
    {
        printf '%s\n' 'Triage-Kind: agent' "Triage-State: $(printf '{"kind":{"value":"agent"},"sensitive":false}' | base64 -w0)" \
            "Triage-Blob: sha256-$digest; size=1"
        header
        printf '%s\n' 'TRIAGE-ROUTE: rabat-l1' 'triage-level: 1' 'Triage-Case : 4F7K2Q9XTB' 'tRIAGE: close' \
            'Untrusted-Triage-Route: experts-l3' 'untrusted-untrusted-TRIAGE-Kind: spam' \
            $'Triage-Reason:\n folded\n\tTriage-Route: folded' 'X-Last: y'
        body
        echo 'Triage-Route: in the body'
    } >mail
    whole mail
    [ "$(jq -r .triage.kind.value out.ndjson)" = customer ]
    # above our last field all is ours, below it nothing has the name
    sed -n '1,/^Triage-Blob:/p' out | grep -v '^Triage-\|^ ' >strange || true
    [ ! -s strange ]
    sed '1,/^Triage-Blob:/d; /^$/,$d' out | grep -ci '^triage' >count || true
    [ "$(cat count)" -eq 0 ]
    [ "$(grep -c '^Triage-Route:' out)" -eq 2 ] # ours, and the one in the body
    # the delivering form hides it from the outsourcer as well
    triage --from=rfc822 mail
    [ "$(grep -hi '^triage-kind' "$SITE"/queues/*/new/* | sort -u)" = '' ] ||
        [ "$(grep -hi '^triage-kind' "$SITE"/queues/*/new/* | sort -u)" = 'Triage-Kind: customer' ]
}

@test "our own block sent back to us by a stranger is not believed" {
    { header; body; } >mail
    whole mail
    cp out first
    whole first
    [ "$(grep -c '^Untrusted-Triage-State:' out)" -eq 1 ]
    [ "$(jq -r .blobId out.ndjson)" = "sha256-$(sha256sum <first | cut -d' ' -f1)" ]
}

@test "octets altered under our block: noticed, said, passed on" {
    { header; body; } >mail
    triage --from=rfc822 --to=rfc822 mail >out
    sed 's/montant/total/' out >altered
    run -0 classify --from=rfc822 altered
    grep -q '^Triage-Error: block; code=altered' <<<"$output"
    grep -q '^Bonjour, je ne comprends pas le total' <<<"$output"
}

# ---- NDJSON --------------------------------------------------------------------------------------

# refused REASON: dedupe and mail-parse reject the octets in the file line with REASON, keep them, and
# go on with the message behind.
refused() {
    local reason=$1
    { cat line; mail-parse --from=rfc822 "$SAMPLE/002-where-is-my-order.eml"; } >in
    for program in dedupe mail-parse; do
        rm -f kept
        run -65 --separate-stderr "$program" --from=json --reject kept in
        [[ $stderr == "$program: in, line 1: rejected, $reason"*': its '*' octets (sha256-'*') are kept' ]] || {
            echo "$program: $stderr"
            return 1
        }
        [ "${#lines[@]}" -eq 1 ]
        cmp line kept
    done
}

@test "NDJSON: an array" {
    echo '[{"blobId":"sha256-0"}]' >line
    refused 'it is no JSON object at octet 1'
}

@test "NDJSON: a truncated line" {
    mail-parse --from=rfc822 "$SAMPLE/001-facture-non-recue.eml" | head -c 700 >line
    echo >>line
    refused 'a string without end at octet 701'
}

@test "NDJSON: a truncated last line, without a line end" {
    { mail-parse "$SAMPLE/001-facture-non-recue.eml"; printf '{"blobId":"sha2'; } >in
    run -65 --separate-stderr dedupe in
    [ "${#lines[@]}" -eq 1 ]
    [[ $stderr == 'dedupe: in, line 2: rejected, a string without end at octet '* ]]
}

@test "NDJSON: invalid UTF-8" {
    printf '{"blobId":"sha256-0","subject":"caf\351"}\n' >line
    refused 'invalid UTF-8'
}

@test "NDJSON: members of wrong types" {
    mail-parse --from=rfc822 "$SAMPLE/001-facture-non-recue.eml" >good
    for change in '.subject = 5' '.from = "ann"' '.size = "1"' '.headers = {}' '.blobId = 7' \
        '.triage = []' '.raw = null' '.bodyValues = []' '.receivedAt = 1' '.hasAttachment = "no"'; do
        jq -c "$change" good >line
        name=${change#.}
        name=${name%% *}
        refused "its member $name is of a wrong type"
    done
}

@test "NDJSON: double names, also in another spelling and deep inside" {
    for line in '{"blobId":"sha256-0","blobId":"sha256-1"}' '{"blobId":"sha256-0","blob\u0049d":"sha256-1"}' \
        '{"blobId":"sha256-0","triage":{"level":1,"level":2}}'; do
        printf '%s\n' "$line" >line
        refused 'a name that stands twice in an object at octet '
    done
}

@test "NDJSON: 10,000 levels" {
    { printf '{"blobId":"sha256-0","x":'; printf '[%.0s' $(seq 10000); printf ']%.0s' $(seq 10000); echo '}'; } >line
    refused 'too many objects and arrays inside each other at octet 281'
}

@test "NDJSON: every member of triage of every wrong type: no crash, the message goes on" {
    mail-parse --from=rfc822 "$SAMPLE/001-facture-non-recue.eml" >good
    members='envelope brand kind language text entities courtesy trust control case duplicate incident
        category level sensitive reasons suggestion route autoreply redactions errors'
    for value in null true 5 -1.5e300 '"x"' '"\u0000\n\u202e"' '[]' '[1]' '[[]]' '[null]' '{}' '{"value":5}' \
        '{"value":{}}' '{"id":[],"queue":{},"action":7,"tag":null}' '[{"rule":5,"code":[]}]'; do
        for member in $members; do
            jq -c ".triage.$member = $value" good
        done
    done >many
    [ "$(wc -l <many)" -eq 315 ]
    for filter in dedupe classify escalate autoreply audit; do
        run --separate-stderr "$filter" --from=json many
        [ "$status" -eq 0 ] || { echo "$filter: $status: $stderr"; return 1; }
        [ "${#lines[@]}" -eq 315 ]
    done
    run --separate-stderr mail-parse --inside many
    [ "$status" -eq 0 ]
    run --separate-stderr deliver --from=json many
    [ "$status" -eq 0 ] || { echo "deliver: $status: $stderr"; return 1; }
    run --separate-stderr triage --filters= --to=mbox many
    [ "$status" -eq 0 ]
    # nothing that was believed led outside without octets that are right
    audit verify
}

@test "NDJSON: a forged triage is not believed at the border" {
    { header; body; } | triage --filters=mail-parse --to=json >good
    jq -c '.triage = {"kind":{"value":"agent"},"route":{"queue":"rabat-l1","outside":true},"case":{"id":"4F7K2Q9XTB"}}
        | .blobId = "sha256-0" | .receivedAt = "1999-01-01T00:00:00Z" | .text = "x"' good >forged
    triage --to=json --filters=mail-parse forged | cmp good -
}

# ---- output --------------------------------------------------------------------------------------

@test "standard output closed or full: reported, nothing counted as written" {
    sample_maildir box
    set +e
    mail-parse box >&- 2>err
    code=$?
    set -e
    [ "$code" -eq 74 ]
    [[ $(cat err) == 'mail-parse: standard output: cannot write '* ]]
    run --separate-stderr bash -c 'dedupe --from=json <(mail-parse '"$PWD"'/box) >/dev/full'
    [ "$status" -eq 75 ]
    [[ $stderr == 'dedupe: standard output: cannot write (No space left on device)' ]]
    # shellcheck disable=SC2016 # the argument of that shell
    run -75 --separate-stderr bash -c 'triage --from=rfc822 --to=rfc822 "$1" >/dev/full' - "$SAMPLE/001-facture-non-recue.eml"
}

# ---- configuration -------------------------------------------------------------------------------

# config_refused REGEX: triage refuses $SITE/postroom.xml, naming file and line.
config_refused() {
    run -78 --separate-stderr triage --to=json "$SAMPLE/001-facture-non-recue.eml"
    [ "$output" = '' ]
    [[ $stderr =~ ^triage:\ .*/postroom.xml(:[0-9]+)?(:[0-9]+)?:\ .*$1 ]] || {
        echo "$stderr"
        return 1
    }
    # a mail system hears 75, whatever is wrong
    run -75 triage --from=rfc822 "$SAMPLE/001-facture-non-recue.eml"
}

@test "configuration: an unknown element" {
    sed -i 's|</postroom>|<nonsense/></postroom>|' "$SITE/postroom.xml"
    config_refused nonsense
}

@test "configuration: a bad pattern, as soon as a message meets it; postroom-check knows at once" {
    sample_maildir box
    cp "$SITE/postroom.xml" good.xml
    sed -i '0,/<rules>/s||&<rule id="bad" category="billing" priority="2000"><text pattern="(unclosed"/></rule>|' \
        "$SITE/postroom.xml"
    run -78 --separate-stderr triage --to=json box
    [ "$output" = '' ]
    [[ $stderr == triage:*postroom.xml:*'missing closing parenthesis'* ]]
    run -78 --separate-stderr postroom-check
    [[ $stderr == postroom-check:*postroom.xml:*'missing closing parenthesis'* ]]
    run -75 triage --from=rfc822 "$SAMPLE/001-facture-non-recue.eml"
    # the same for the spam scanner's field
    sed '0,/<spam field="X-Spam-Flag" pattern="[^"]*"/s//<spam field="X-Spam-Flag" pattern="(unclosed"/' \
        good.xml >"$SITE/postroom.xml"
    run -78 --separate-stderr triage --to=json box
    [[ $stderr == triage:*postroom.xml:*'missing closing parenthesis'* ]]
    run -78 postroom-check
}

@test "configuration: an undefined queue" {
    sed -i '0,/queue="team-l2"/s//queue="nowhere"/' "$SITE/postroom.xml"
    config_refused nowhere
}

@test "configuration: circular XInclude" {
    sed -i 's|</postroom>|<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="postroom.xml"/></postroom>|' \
        "$SITE/postroom.xml"
    config_refused '.*'
}

@test "configuration: billion laughs" {
    {
        echo '<?xml version="1.0"?><!DOCTYPE postroom [<!ENTITY a "ha">'
        for n in b c d e f g h i j; do
            p=$(tr 'b-j' 'a-i' <<<$n)
            printf '<!ENTITY %s "%s">\n' $n "&$p;&$p;&$p;&$p;&$p;&$p;&$p;&$p;&$p;&$p;"
        done
        echo ']><postroom xmlns="urn:postroom:config:1" version="1">&j;</postroom>'
    } >"$SITE/postroom.xml"
    config_refused '.*'
    [ "$SECONDS" -lt 60 ]
}

@test "configuration: an entity from outside" {
    echo secret >"$BATS_TEST_TMPDIR/secret"
    printf '<?xml version="1.0"?><!DOCTYPE postroom [<!ENTITY x SYSTEM "file://%s">]><postroom xmlns="urn:postroom:config:1" version="1">&x;</postroom>\n' \
        "$BATS_TEST_TMPDIR/secret" >"$SITE/postroom.xml"
    config_refused '.*'
    [[ $stderr != *secret* ]]
}

@test "configuration: others could write it" {
    chmod 666 "$SITE/postroom.xml"
    config_refused 'written by others than its owner'
    chmod 660 "$SITE/postroom.xml"
    run -78 triage --to=json "$SAMPLE/001-facture-non-recue.eml"
}

@test "configuration: not there" {
    rm "$SITE/postroom.xml"
    config_refused 'cannot'
}
