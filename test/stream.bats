#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The stream that every filter reads and writes: forms, From_ lines, splicing, groups, rejects,
# signals, ends.
# `run --separate-stderr` sets stderr.
# shellcheck disable=SC2154

bats_require_minimum_version 1.5.0
load helper

FILTERS='mail-parse dedupe classify escalate autoreply audit deliver'

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    setup_site
}

# A small message with these lines in its body.
mail() {
    printf '%s\n' 'From: ann@x.example' 'Subject: x' 'Date: Mon, 23 Nov 2026 09:15:00 +0100' '' "$@"
}

# form [OPTION…] [INPUT…]: changes the form and nothing else.
form() {
    triage --filters= "$@"
}

# The octets of each message of an NDJSON stream, one base64 a line.
octets() {
    jq -r .raw
}

# ---- sniffing ------------------------------------------------------------------------------------

@test "sniffing: what begins like an object is JSON" {
    mail-parse --from=rfc822 "$SAMPLE/001-facture-non-recue.eml" >one.ndjson
    mail-parse one.ndjson | cmp - one.ndjson
    sed 's/^{/{ \t/' one.ndjson >blanks.ndjson
    mail-parse blanks.ndjson | cmp - one.ndjson
    # a line is a message: an object that is spread over several is rejected
    printf '{\r\n"' >broken
    run -65 --separate-stderr dedupe broken
    [[ ${stderr_lines[0]} == 'dedupe: broken, line 1: rejected, '* ]]
    printf '{}\n' >empty-object
    run -65 --separate-stderr dedupe empty-object
    [[ ${stderr_lines[0]} == *'it has neither a usable blobId nor raw'* ]]
}

@test "sniffing: a From_ line with a date is a mailbox, anything else is one message" {
    mail body >message
    { echo 'From ann@x.example Mon Nov 23 09:15:00 2026'; cat message; echo; } >mailbox
    cat mailbox mailbox >two.mbox
    [ "$(mail-parse two.mbox | wc -l)" -eq 2 ]
    { echo 'From ann@x.example'; cat message; } >no-date
    mail-parse no-date | octets | base64 -d | cmp - message
    { echo 'From now on I get no invoice.'; cat message; } >prose
    [ "$(mail-parse prose | wc -l)" -eq 1 ]
    printf '{ this is prose }\n' >brace
    [ "$(mail-parse brace | jq -r .bodyValues[].value)" = '{ this is prose }' ]
    printf '{' >only-brace
    run -65 mail-parse only-brace
    printf 'Fro' >start
    [ "$(mail-parse start | octets | base64 -d)" = Fro ]
    printf '\n\nbody only\n' >headless
    mail-parse headless | octets | base64 -d | cmp - headless
}

@test "--from: the form that was said holds, whatever it looks like" {
    { echo 'From ann@x.example Mon Nov 23 09:15:00 2026'; mail body; echo
      echo 'From bob@x.example Mon Nov 23 09:16:00 2026'; mail second; } >two.mbox
    [ "$(mail-parse --from=mbox two.mbox | wc -l)" -eq 2 ]
    [ "$(mail-parse --from=rfc822 two.mbox | wc -l)" -eq 1 ]
    mail-parse --from=rfc822 two.mbox | octets | base64 -d >got
    tail -n +2 two.mbox | cmp - got
    run -65 --separate-stderr mail-parse --from=json two.mbox
    [ "${#stderr_lines[@]}" -ge 10 ]
    mail body >message
    mail-parse --from=mbox message | octets | base64 -d | cmp - message
}

# ---- From_ lines ---------------------------------------------------------------------------------

@test "a From_ line is envelope: it stays on top, and no line of the body changes" {
    for from in 'From ann@x.example Mon Nov 23 09:15:00 2026' 'From ann@x.example' \
        '>From ann@x.example Mon Nov 23 09:15:00 2026'; do
        { echo "$from"; mail 'From here' '>From there' '>>From nowhere'; } >in
        form --from=rfc822 --to=rfc822 in >out
        [ "$(head -n 1 out)" = "$from" ]
        [[ $(sed -n 2p out) == Triage-* ]]
        # what stands under our block is the message, octet by octet
        sed '1,/^Triage-Blob:/d' out >below
        tail -n +2 in | cmp - below
        # and once more through a filter that reads our own form: nothing is added
        form --from=rfc822 --to=rfc822 out >again
        cmp out again
    done
}

@test "From: with a blank before the colon is a field, not a From_ line" {
    printf '%s\n' 'From : ann@x.example' 'Subject: x' '' body >in
    mail-parse --from=rfc822 in | octets | base64 -d | cmp - in
    printf '%s\n' '>From : ann@x.example' 'Subject: x' '' body >in
    mail-parse --from=rfc822 in | octets | base64 -d | cmp - in
}

@test "only one From_ line is envelope" {
    { echo 'From a@x.example Mon Nov 23 09:15:00 2026'; echo '>From b@x.example Mon Nov 23'; mail b; } >in
    mail-parse --from=rfc822 in | octets | base64 -d >got
    tail -n +2 in | cmp - got
}

@test "CRLF message: the block has its line ends" {
    mail body | sed 's/$/\r/' >in
    form --from=rfc822 --to=rfc822 in >out
    [ "$(grep -c . out)" -eq "$(grep -c $'\r$' out)" ]
    sed '1,/^Triage-Blob:/d' out | cmp - in
}

# ---- mailboxes -----------------------------------------------------------------------------------

@test "mbox: what is quoted and what is not comes back" {
    mail 'From here' '' 'From ann@x.example Mon Nov 23 09:15:00 2026' '>From there' '>>From x' '' '' >one
    mail last >two
    printf 'no end' >>two
    mail-parse --from=rfc822 one >all.ndjson
    mail-parse --from=rfc822 two >>all.ndjson
    form --to=mbox all.ndjson >all.mbox
    [ "$(grep -c '^From ' all.mbox)" -eq 2 ]
    form --to=json all.mbox >back.ndjson
    octets <back.ndjson | head -n 1 | base64 -d | cmp - one
    octets <back.ndjson | tail -n 1 | base64 -d | cmp - two
}

@test "mbox: CRLF, several empty lines before a From_ line, read through a slow pipe" {
    for end in '' $'\r'; do
        { printf '%s\n' "From a@x.example Mon Nov 23 09:15:00 2026$end" "Subject: one$end" "$end" \
            "body$end" "$end" "$end"
          printf '%s\n' "From b@x.example Mon Nov 23 09:15:00 2026$end" "Subject: two$end" "$end"; } >mbox
        for ((cut = 1; cut <= $(stat -c %s mbox); cut += 3)); do
            { head -c "$cut" mbox; sleep 0.004; tail -c +"$((cut + 1))" mbox; } |
                mail-parse --no-raw --from=mbox | jq -r .subject | paste -sd, >>"subjects$end"
        done
        [ "$(sort -u "subjects$end")" = one,two ]
    done
}

# ---- forms of mailboxes --------------------------------------------------------------------------

# boxes FORM MAILBOX: the octets of its messages, in files 1, 2 … of the folder got, and their count.
boxes() {
    rm -rf got
    mkdir got
    mail-parse --mbox="$1" "$2" | octets | {
        number=0
        while read -r raw; do
            number=$((number + 1))
            base64 -d <<<"$raw" >"got/$number"
        done
        echo "$number" >got/count
    }
}

@test "--mbox: each form gives the messages that went into it" {
    for form in rd o cl cl2; do
        boxes "$form" "$FIXTURES/mbox/$form.mbox"
        [ "$(cat got/count)" -eq 3 ]
        for number in 1 2 3; do
            # the length is a field of the message, as its program wrote it
            sed '1,/^$/{/^Content-Length: /d}' "got/$number" | cmp - "$FIXTURES/mbox/$number.eml"
        done
        # with CR LF lengths are wrong, and From_ lines decide, which cl2 does not quote
        sed 's/$/\r/' "$FIXTURES/mbox/$form.mbox" >crlf.mbox
        boxes "$form" crlf.mbox
        if [ "$form" = cl2 ]; then
            [ "$(cat got/count)" -eq 4 ]
            continue
        fi
        [ "$(cat got/count)" -eq 3 ]
        for number in 1 2 3; do
            sed '1,/^\r$/{/^Content-Length: /d}' "got/$number" |
                cmp - <(sed 's/$/\r/' "$FIXTURES/mbox/$number.eml")
        done
    done
}

@test "--mbox: what is written is mboxrd, whatever was read" {
    triage --filters= --mbox=cl2 --to=mbox "$FIXTURES/mbox/cl2.mbox" >written.mbox
    grep -q '^>From here it looks lost' written.mbox
    mail-parse --mbox=cl2 "$FIXTURES/mbox/cl2.mbox" | octets >expected
    triage --filters= --to=json written.mbox | octets | same expected -
}

@test "--mbox: hostile lengths cost neither memory nor messages" {
    for length in 99999999999999999999999999 9223372036854775807 67108864 5000000 -1 0 00 x '' 1e9; do
        printf 'From - \nSubject: %s\nContent-Length: '"$length"'\n\nbody\n\n' {1..200} >box
        for form in cl cl2; do
            [ "$(mail-parse --no-raw --mbox=$form box | jq -r .subject | paste -sd' ')" = \
                "$(echo {1..200})" ]
            [ "$(mail-parse --no-raw --mbox=$form <box | wc -l)" -eq 200 ]
        done
    done
    # Sanitised programs reserve more addresses than any bound would leave them.
    [[ $BUILD != *asan* ]] || return 0
    # 40 MB in small messages that all claim to be larger than they are: linear, and bounded
    printf 'From - \nSubject: x\nContent-Length: 67108864\n\n%01000d\n\n' 0 >one
    for ((i = 0; i < 15; i++)); do cat one one >two; mv two one; done
    [ "$(head -c 20000000 one | (ulimit -v 400000; triage --filters= --to=json --mbox=cl) |
        grep -c .)" -ge 18000 ]
}

@test "--mbox: a From_ line without a date is one where the first has none" {
    { echo 'From - '; mail one; echo; echo 'From - '; mail two; } >netscape
    [ "$(mail-parse netscape | wc -l)" -eq 2 ]
    { echo 'From 17@xxx'; mail one; echo; echo 'From 18@xxx'; mail two; } >named
    [ "$(mail-parse named | wc -l)" -eq 1 ]
    [ "$(mail-parse --from=mbox named | wc -l)" -eq 2 ]
    [ "$(mail-parse --mbox=rd named | wc -l)" -eq 2 ]
    { echo 'From a@x.example Mon Nov 23 09:15:00 2026'; mail one '' 'From 18@xxx' 'A: b'; } >dated
    [ "$(mail-parse --mbox=rd dated | wc -l)" -eq 1 ]
    { printf '\xef\xbb\xbf'; cat netscape; } >marked
    mail-parse marked | octets >got
    mail-parse netscape | octets | same - got
}

@test "--mbox: an unknown form is wrong usage; other inputs are read as ever" {
    run -64 --separate-stderr mail-parse --mbox=mboxrd "$FIXTURES/mbox/rd.mbox"
    [ "$output" = '' ]
    [ "$stderr" = 'mail-parse: --mbox=mboxrd: no such form: use rd, o, cl or cl2' ]
    mail-parse "$SAMPLE"/001-*.eml >expected
    mail-parse --mbox=cl "$SAMPLE"/001-*.eml | same expected -
    mail-parse --mbox=cl expected | same expected -
}

# offsets NAME: marker, begin and end of each message that the suite expects.
offsets() {
    jq -r '.[] | [.mboxMarkerOffset, .beginOffset, .endOffset] | @tsv' "$1"
}

@test "--mbox: the mailboxes of MimeKit's tests fall into the messages they say" {
    data=${POSTROOM_DATA:-$POSTROOM_SRC/../shared/data}/mime-suites/mimekit/mbox
    [ -d "$data" ] || skip "no test data in $data"
    for name in content-length issue1189; do
        form=rd
        [ $name = issue1189 ] || form=cl
        for ends in unix dos; do
            cp "$data/$name.mbox.txt" box
            [ $ends = unix ] || sed -i 's/\r*$/\r/' box
            boxes $form box
            number=0
            while read -r _ begin end; do
                number=$((number + 1))
                # its end leaves out the last line end before a From_ line, ours the empty line
                tail -c +$((begin + 1)) box | head -c $((end - begin)) >expected
                for file in expected got/$number; do
                    python3 -c 'import sys
text = open(sys.argv[1], "rb").read()
open(sys.argv[1], "wb").write(text.rstrip(b"\r\n"))' "$file"
                done
                # in rd reading takes a mark away from quoted lines, in cl one of one
                sed 's/^>From /From /' expected | cmp - got/$number
            done < <(offsets "$data/$name.$ends-offsets.json")
            [ "$(cat got/count)" -eq $number ]
        done
    done
    [ "$(offsets "$data/content-length.unix-offsets.json" | wc -l)" -eq 29 ]
}

@test "--mbox: a mailbox of mime4j's tests falls into its messages" {
    data=${POSTROOM_DATA:-$POSTROOM_SRC/../shared/data}/mime-suites/mime4j-mbox
    [ -d "$data" ] || skip "no test data in $data"
    boxes rd "$data/mbox.rlug"
    [ "$(cat got/count)" -eq 5 ]
    for ((number = 0; number < 5; number++)); do
        # there the empty line before a From_ line is the message's
        { cat got/$((number + 1)); echo; } | cmp - "$data/mbox.rlug-$number"
    done
}

# ---- operands ------------------------------------------------------------------------------------

@test "an MH folder is read by number, and only read" {
    mkdir -p inbox/3 empty inbox/cur
    for number in 10 9 1 200 007; do mail "$number" >"inbox/$number"; done
    mail deleted >inbox/,4
    mail backup >'inbox/#5'
    mail draft >inbox/draft
    mail hidden >inbox/.6
    printf 'cur: 9\nunseen: 10-200\n' >inbox/.mh_sequences
    ls -lR --time-style=full-iso inbox >before
    mail-parse inbox | jq -r '.bodyValues[].value' | grep . >got
    printf '%s\n' 1 007 9 10 200 | same - got
    ls -lR --time-style=full-iso inbox >after
    cmp before after
    # a folder that had messages has none now; one that never was a folder of mail is an error
    rm inbox/[0-9]?* inbox/1 inbox/9
    run -0 --separate-stderr mail-parse inbox
    [ "$output$stderr" = '' ]
    run -74 --separate-stderr mail-parse empty
    [ "$output" = '' ]
    [ "$stderr" = 'mail-parse: empty: neither a Maildir (with new and cur) nor an MH folder (with numbered files): name one or a file' ]
    # a Maildir stays one, whatever else lies in it
    mkdir -p box/new box/cur box/tmp
    mail new >box/new/1.host
    mail other >box/1
    [ "$(mail-parse box | jq -r '.bodyValues[].value' | grep .)" = new ]
}

@test "a Maildir is read by name, new and cur together, and only read" {
    mkdir -p box/new box/cur box/tmp
    mail 3 >box/new/3.c.host
    mail 1 >box/cur/1.a.host:2,S
    mail 2 >box/new/2.b.host
    mail tmp >box/tmp/0.x.host
    ls -lR --time-style=full-iso box >before
    mail-parse box | jq -r '.bodyValues[].value' >got
    printf '%s\n' 1 '' 2 '' 3 '' >expected
    same expected got
    ls -lR --time-style=full-iso box >after
    cmp before after
}

@test "several operands of any forms come out as NDJSON, in their order" {
    mkdir -p box/new box/cur box/tmp
    mail two >box/new/2.host
    mail one >one.eml
    { echo 'From ann@x.example Mon Nov 23 09:15:00 2026'; mail three; } >three.mbox
    mail four | mail-parse --from=rfc822 >four.ndjson
    mail-parse one.eml box three.mbox four.ndjson >all.ndjson
    [ "$(jq -r '.bodyValues[].value' all.ndjson | grep . | paste -sd,)" = one,two,three,four ]
    dedupe all.ndjson >deduped
    dedupe --to=mbox all.ndjson >all.mbox
    dedupe all.mbox deduped >both
    [ "$(wc -l <both)" -eq 8 ]
    jq -e .triage.case.id both >cases
    [ "$(sort -u cases | wc -l)" -le 4 ]
}

@test "an operand that is not there is named, and what came before it is not lost" {
    mail one >one.eml
    run -74 --separate-stderr mail-parse one.eml two.mbox
    [ "${#lines[@]}" -eq 1 ]
    [[ $stderr == 'mail-parse: two.mbox: cannot open: name a file or a folder that is there '* ]]
}

# ---- splicing ------------------------------------------------------------------------------------

@test "splice: a filter changes triage, and no other octet of the line" {
    raw=$(mail body | base64 -w0)
    id=sha256-$(mail body | sha256sum | cut -d' ' -f1)
    head='{  "zebra":[1.0,  2e5 , -0,12345678901234567890] ,"blobId" : "'$id'", "size":1,"Subject":"A",'
    head+=$'\t"subject":"caf\\u00e9 \\/ é", "ünknown" : {"a":{}, "b":[ ]},"receivedAt":"2026-11-23T08:00:00Z"'
    # without triage: it is put before raw; with one: in its place; without raw: at the end
    printf '%s ,"raw" : "%s" }\n' "$head" "$raw" >no-triage
    printf '%s ,"triage"  :  { "new":[ 1.50 ],"kind":{"value":"customer"} }  ,"raw" : "%s" }\n' "$head" "$raw" >triage
    printf '%s }\n' "$head" >no-raw
    dedupe no-triage no-raw triage >out
    case=$(jq -c '.triage.case' out | head -n 1)
    printf '%s ,"triage":{"case":%s},"raw" : "%s" }\n' "$head" "$case" "$raw" >expected
    head -n 1 out | cmp - expected
    [[ $(sed -n 2p out) == "$head ,\"triage\":{"*'}}' ]] || {
        [[ $(sed -n 2p out) == "$head"*',"triage":{"case":{'*'}}}' ]]
    }
    [[ $(sed -n 3p out) == "$head ,\"triage\"  :  {\"kind\":{\"value\":\"customer\"},\"case\":{"*'},"new":[ 1.50 ]}  ,"raw" : "'"$raw"'" }' ]]
    python3 -c 'import json, sys; [json.loads(line) for line in sys.stdin]' <out
}

@test "splice: a line comes through a chain of filters untouched but for triage" {
    mail-parse "$SAMPLE/002-where-is-my-order.eml" | sed 's/,"size":/ , "odd" : [ 1.00,"\\u0041" ],"size" : /' >in
    dedupe <in | classify | escalate | autoreply | audit >out
    strip='s/"triage":.*,"raw"/"raw"/'
    sed "$strip" in >in.rest
    sed "$strip" out | cmp - in.rest
    [ "$(jq -r '.triage.route.queue' out)" != null ]
}

# ---- groups --------------------------------------------------------------------------------------

# Feeds three lines, one a second, into COMMAND; each must come out before the next goes in.
feed() {
    local line
    mkfifo in
    "$@" <in >out &
    pid=$!
    exec 7>in
    : >fed
    while IFS= read -r line; do
        printf '%s\n' "$line" >&7
        echo >>fed
        sleep 1
        if [ "$(wc -l <out)" -ne "$(wc -l <fed)" ]; then
            echo "after $(wc -l <fed) messages: $(wc -l <out) lines" >&2
            exec 7>&-
            kill "$pid"
            return 1
        fi
    done <three.ndjson
    exec 7>&-
    wait "$pid"
}

@test "groups: a fifo fed one message a second shows each within a second" {
    mail-parse "$SAMPLE"/00[123]-*.eml >three.ndjson
    feed triage-chain --from=json
    jq -e .triage.route.queue out
}

@test "groups: triage does not wait for a full group either" {
    mail-parse "$SAMPLE"/00[123]-*.eml >three.ndjson
    feed triage --from=json --to=json
}

@test "--group: any number gives the same bytes; what is no number is refused" {
    mail-parse "$SAMPLE"/0[0-3]*.eml >all.ndjson
    for group in 1 2 7 256 65536; do
        classify --group=$group <all.ndjson >out.$group
        cmp out.1 out.$group
    done
    for group in 0 -1 65537 x '' 1x 99999999999999999999; do
        run -64 --separate-stderr classify --group="$group" </dev/null
        [ "$stderr" = "classify: --group=$group: give a number from 1 to 65536" ]
    done
}

# ---- ends ----------------------------------------------------------------------------------------

@test "an empty stream in is an empty stream out, 0, for every filter" {
    for filter in $FILTERS triage triage-chain; do
        run -0 "$filter" </dev/null
        [ "$output" = '' ] || { echo "$filter: $output"; return 1; }
        run -0 "$filter" --from=json </dev/null
        [ "$output" = '' ]
    done
    : >empty
    mail one >one.eml
    [ "$(mail-parse empty one.eml empty | wc -l)" -eq 1 ]
}

@test "an empty single message is 75 and writes nothing, for every filter" {
    for filter in $FILTERS triage; do
        for option in --from=rfc822 --to=rfc822; do
            [ "$filter $option" != 'deliver --to=rfc822' ] || continue
            run -75 --separate-stderr "$filter" $option </dev/null
            [ "$output" = '' ]
            [[ $stderr == "$filter: the input is empty: "* ]] || { echo "$stderr"; return 1; }
        done
    done
}

@test "SIGTERM: what was read is finished, whole lines are written, 75" {
    for program in 'mail-parse --from=json' 'dedupe --from=json' 'triage --from=json --to=json'; do
        mail-parse "$SAMPLE"/00[123]-*.eml >three.ndjson
        rm -f in
        mkfifo in
        # shellcheck disable=SC2086 # a program and its options
        $program <in >out 2>err &
        pid=$!
        exec 7>in
        cat three.ndjson >&7
        printf '{"half a line' >&7
        for _ in 1 2 3 4 5 6 7 8 9 10; do
            [ "$(wc -l <out)" -lt 3 ] || break
            sleep 0.2
        done
        kill -TERM "$pid"
        code=0
        wait "$pid" || code=$?
        exec 7>&-
        [ "$code" -eq 75 ] || { echo "$program: $code"; return 1; }
        [ "$(wc -l <out)" -eq 3 ]
        jq -e .blobId out
        [ "$(cat err)" = "${program%% *}: stopped by a signal after 3 messages: run it again for the rest" ]
    done
}

@test "SIGTERM in the middle of a large batch: whole lines, and a rerun completes it" {
    sample_maildir box
    mail-parse box >all.ndjson
    for _ in 1 2 3 4 5 6 7 8; do cat all.ndjson; done >many.ndjson
    dedupe --group=5 many.ndjson >out 2>err &
    pid=$!
    for _ in $(seq 200); do
        [ ! -s out ] || break
        sleep 0.01
    done
    kill -TERM "$pid" 2>/dev/null || true
    code=0
    wait "$pid" || code=$?
    [ "$code" -eq 75 ] || [ "$code" -eq 0 ]
    written=$(wc -l <out)
    [ "$written" -gt 0 ]
    dedupe many.ndjson >whole
    head -n "$written" whole | cmp - out
}

@test "standard output closed: the stream ends, committed work stays, one line says how far" {
    sample_maildir box
    mail-parse box >all.ndjson
    set +e
    # the reader is gone before anything is written
    { sleep 0.3; dedupe --group=10 all.ndjson 2>err; echo $? >code; } | true
    set -e
    [ "$(cat code)" -eq 74 ]
    [ "$(wc -l <err)" -eq 1 ]
    [[ $(cat err) == 'dedupe: standard output was closed: 0 messages before it were written; the work done is kept, '* ]]
    [ "$(rows 'SELECT count(*) FROM delivery')" -eq 10 ]
    dedupe all.ndjson >whole
    [ "$(wc -l <whole)" -eq "$(wc -l <all.ndjson)" ]
    # a program without state just ends
    set +e
    { sleep 0.3; mail-parse box 2>err; echo $? >code; } | true
    set -e
    [ "$(cat code)" -eq 74 ]
    [ "$(cat err)" = '' ]
    # one message: whoever started us tries again
    set +e
    { sleep 0.3; mail-parse --from=rfc822 "$SAMPLE/003-how-to-send-back.eml" 2>err; echo $? >code; } | true
    set -e
    [ "$(cat code)" -eq 75 ]
}

# ---- rejects -------------------------------------------------------------------------------------

bad_stream() {
    mail-parse "$SAMPLE/001-facture-non-recue.eml"
    printf '%s\n' '[1,2]' '{"blobId":' ''
    mail-parse "$SAMPLE/002-where-is-my-order.eml"
    printf 'binary \001\377\000end'
}

@test "--reject FILE: what is no message is named on stderr and appended to the file" {
    bad_stream >in
    echo 'kept from before' >bin
    run -65 --separate-stderr dedupe --from=json --reject bin in
    [ "${#lines[@]}" -eq 2 ]
    # line, octets, digest, reason
    [ "${stderr_lines[0]}" = "dedupe: in, line 2: rejected, it is no JSON object at octet 1: its 5 octets (sha256-$(printf '[1,2]' | sha256sum | cut -d' ' -f1)) are kept" ]
    [[ ${stderr_lines[1]} == 'dedupe: in, line 3: rejected, '*': its 10 octets (sha256-'*') are kept' ]]
    [[ ${stderr_lines[2]} == 'dedupe: in, line 6: rejected, '*': its 13 octets (sha256-'*') are kept' ]]
    [ "${#stderr_lines[@]}" -eq 3 ]
    { echo 'kept from before'; printf '%s\n' '[1,2]' '{"blobId":'; printf 'binary \001\377\000end\n'; } | cmp - bin
    [ ! -e "$SITE/store/rejected" ]
}

@test "without --reject: one file each in the store's folder, readable for nobody else" {
    bad_stream >in
    run -65 dedupe --from=json in
    [ "$(find "$SITE/store/rejected" -type f | wc -l)" -eq 3 ]
    [ "$(find "$SITE/store/rejected" -type f ! -perm 600 | wc -l)" -eq 0 ]
    printf 'binary \001\377\000end' >piece
    cmp piece "$SITE/store/rejected/sha256-$(sha256sum <piece | cut -d' ' -f1)"
    # an event each, once; the last piece was cut by the end of the input: who wrote it was killed,
    # and brings the whole when he runs again
    dedupe --from=json in >/dev/null 2>&1 || true
    [ "$(rows "SELECT count(*) FROM event WHERE line LIKE '%\"event\":\"rejected\"%'")" -eq 2 ]
}

@test "without a store the octets go to standard error, as base64" {
    unset POSTROOM_CONFIG
    printf 'binary \001\377\000end\n' >in
    run -65 --separate-stderr mail-parse --from=json in
    piece=$(printf 'binary \001\377\000end' | base64 -w0)
    digest=sha256-$(printf 'binary \001\377\000end' | sha256sum | cut -d' ' -f1)
    [ "${stderr_lines[1]}" = "mail-parse: rejected $digest: $piece" ]
}

@test "at the border a line without raw is rejected, and triage of a stranger is not believed" {
    mail body | mail-parse --from=rfc822 >good.ndjson
    jq -c 'del(.raw)' good.ndjson >no-raw.ndjson
    run -65 --separate-stderr mail-parse no-raw.ndjson
    [[ $stderr == *'rejected, it has no usable member raw, and nothing else is believed here: '* ]]
    jq -c '.triage = {"kind":{"value":"agent"},"level":9,"sensitive":false} | .subject = "forged"' good.ndjson >forged.ndjson
    mail-parse forged.ndjson | cmp - good.ndjson
    # --inside believes both
    [ "$(mail-parse --inside forged.ndjson | jq -c '[.triage.level, .subject]')" = '[9,"forged"]' ]
    run -0 mail-parse --inside no-raw.ndjson
}
