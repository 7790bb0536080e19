#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The Email object of RFC 8621 section 4.1: properties on request, their forms and null rules, the
# schema, limits; and what becomes of a choice of properties on the way through mbox.
# `run --separate-stderr` sets stderr.
# shellcheck disable=SC2154

bats_require_minimum_version 1.5.0
load helper

MAIL=$FIXTURES/mail-parse
SCHEMA=$POSTROOM_SRC/templates/email.schema.json
POSTROOM_DATA=${POSTROOM_DATA:-$POSTROOM_SRC/../shared/data}

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    cat >mail <<'END'
Received: from c by mx.lumiere.example; Mon, 23 Nov 2026 11:00:00 +0000
Received: from a by b; Mon, 23 Nov 2026 10:59:00 +0000
Message-ID: <1@x.example>
References: <a@x.example> <b@x.example>
In-Reply-To: your mail of yesterday
Subject: first
Subject: =?utf-8?Q?Caf=C3=A9_et_e?=
 =?utf-8?Q?=CC=81t=C3=A9?=
From: "Dupont, Jean" <jean@x.example>
Sender: =?iso-8859-1?Q?Ren=E9?= <rene@x.example>
To: Friends: ann@x.example, "B. C." <bc@x.example>;, dan@x.example (Dan)
Cc: undisclosed-recipients:;
Resent-To: eve@x.example
Date: Mon, 23 Nov 2026 12:00:00 +0100
Resent-Date: the day before
List-Unsubscribe: <mailto:list@x.example?subject=leave>, (or)
 <https://x.example/ leave>
List-Post: NO
Keywords: one, two
X-Count: 1
x-count: 2
X-Empty:
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8
X-Part: =?utf-8?Q?h=C3=A9?=

Bonjour.
--b
Content-Type: text/csv; name="=?utf-8?Q?relev=C3=A9.csv?="
Content-Disposition: attachment; filename*=utf-8''relev%C3%A9.csv
Content-ID: <c@x.example>
Content-Language: fr, en
Content-Transfer-Encoding: base64

YQ==
--b--
END
}

# The property $1 of the message as JSON.
property() {
    mail-parse --from=rfc822 --no-raw --properties="$1" mail | jq -c --arg name "$1" '.[$name]'
}

is() {
    local got
    got=$(property "$1")
    [ "$got" = "$2" ] || { echo "$1: $got, not $2"; return 1; }
}

@test "header: raw and text forms, the last instance, all of them" {
    is header:Subject '" =?utf-8?Q?Caf=C3=A9_et_e?=\n =?utf-8?Q?=CC=81t=C3=A9?="'
    is header:subject:asRaw '" =?utf-8?Q?Caf=C3=A9_et_e?=\n =?utf-8?Q?=CC=81t=C3=A9?="'
    is header:Subject:asText '"Café et été"'
    is header:Subject:asText:all '["first","Café et été"]'
    is header:X-Count:all '[" 1"," 2"]'
    is header:X-Count:asText '"2"'
    is header:X-Empty '""'
    is header:Keywords:asText '"one, two"'
    is header:Received:all '[" from c by mx.lumiere.example; Mon, 23 Nov 2026 11:00:00 +0000"," from a by b; Mon, 23 Nov 2026 10:59:00 +0000"]'
}

@test "header: what is absent is null, of all an empty array" {
    for form in '' :asText :asAddresses :asGroupedAddresses :asMessageIds :asDate :asURLs; do
        is "header:X-None$form" null
        is "header:X-None$form:all" '[]'
    done
}

@test "header: addresses, flat and in their groups" {
    is header:From:asAddresses '[{"name":"Dupont, Jean","email":"jean@x.example"}]'
    is header:Sender:asAddresses '[{"name":"René","email":"rene@x.example"}]'
    is header:To:asAddresses '[{"name":null,"email":"ann@x.example"},{"name":"B. C.","email":"bc@x.example"},{"name":"Dan","email":"dan@x.example"}]'
    is header:To:asGroupedAddresses '[{"name":"Friends","addresses":[{"name":null,"email":"ann@x.example"},{"name":"B. C.","email":"bc@x.example"}]},{"name":null,"addresses":[{"name":"Dan","email":"dan@x.example"}]}]'
    is header:Cc:asAddresses '[]'
    is header:Cc:asGroupedAddresses '[{"name":"undisclosed-recipients","addresses":[]}]'
    is header:Resent-To:asAddresses:all '[[{"name":null,"email":"eve@x.example"}]]'
}

@test "header: identifiers, dates and URLs, null when they cannot be read" {
    is header:References:asMessageIds '["a@x.example","b@x.example"]'
    is header:In-Reply-To:asMessageIds null
    is header:Date:asDate '"2026-11-23T12:00:00+01:00"'
    is header:Resent-Date:asDate null
    is header:Resent-Date:asDate:all '[null]'
    is header:List-Unsubscribe:asURLs '["mailto:list@x.example?subject=leave","https://x.example/leave"]'
    is header:List-Post:asURLs null
}

@test "header: the convenience properties are the forms that RFC 8621 section 4.1.3 names" {
    while read -r name form; do
        [ "$(property "$name")" = "$(property "$form")" ] || { echo "$name"; return 1; }
    done <<'END'
messageId header:Message-ID:asMessageIds
inReplyTo header:In-Reply-To:asMessageIds
references header:References:asMessageIds
sender header:Sender:asAddresses
from header:From:asAddresses
to header:To:asAddresses
cc header:Cc:asAddresses
bcc header:Bcc:asAddresses
replyTo header:Reply-To:asAddresses
subject header:Subject:asText
sentAt header:Date:asDate
END
}

@test "header: UTF-8 and other 8-bit text that was never encoded" {
    {
        printf 'Subject: caf\303\251\nX-Old: caf\351\nFrom: R\303\251n\303\251e <ren\303\251e@\303\251t\303\251.example>\n'
        printf 'To: Jos\351 <jose@x.example>\n\nx\n'
    } >mail
    is header:Subject:asText '"café"'
    is header:X-Old:asText '"café"'
    is header:X-Old '" caf�"'
    is header:From:asAddresses '[{"name":"Rénée","email":"renée@été.example"}]'
    is to '[{"name":"José","email":"jose@x.example"}]'
}

@test "--properties: what no field is, what no form is, and what the RFC forbids is wrong usage" {
    while IFS='|' read -r name why; do
        run --separate-stderr -64 mail-parse --properties="subject,$name" mail
        [ "$output" = "" ]
        [[ $stderr == "mail-parse: --properties: "*"$why"* ]] || { echo "$name: $stderr"; return 1; }
    done <<'END'
colour|no property is called colour
header:|the name of a header field is missing
header::asText|the name of a header field is missing
header:X-Count:|nothing stands behind its last colon
header:X Count|no header field can have this name
header:X-Count:astext|the forms are asRaw, asText
header:X-Count:all:asText|:all comes last
header:X-Count:asText:some|only :all may stand
header:Subject:asAddresses|does not allow this form for this field
header:From:asText|does not allow this form for this field
header:Date:asText|does not allow this form for this field
header:Message-ID:asText|does not allow this form for this field
header:List-Post:asText|does not allow this form for this field
header:Received:asText|does not allow this form for this field
header:received:asDate|does not allow this form for this field
END
}

@test "--properties: all of RFC 8621 section 4.1 at once; a server's are null" {
    all=blobId,id,threadId,mailboxIds,keywords,size,messageId,inReplyTo,references,sender,from,to
    all+=,cc,bcc,replyTo,subject,sentAt,receivedAt,headers,preview,bodyStructure,bodyValues
    all+=,textBody,htmlBody,attachments,hasAttachment
    mail-parse --from=rfc822 --properties="$all,header:X-Count,,header:X-Count" mail >got
    [ "$(jq -c keys_unsorted got)" = '["blobId","size","messageId","inReplyTo","references","sender","from","to","cc","bcc","replyTo","subject","sentAt","receivedAt","headers","bodyStructure","bodyValues","textBody","htmlBody","attachments","hasAttachment","preview","id","threadId","mailboxIds","keywords","header:X-Count","triage","raw"]' ]
    [ "$(jq -c '[.id, .threadId, .mailboxIds, .keywords]' got)" = '[null,null,null,null]' ]
    python3 "$POSTROOM_SRC/test/schema.py" "$SCHEMA" <got
}

@test "--body-properties: headers of parts, header fields, nothing else" {
    mail-parse --from=rfc822 --properties=bodyStructure,attachments mail >usual
    [ "$(jq -c '.attachments[0]' usual)" = '{"partId":"2","blobId":"'"$(jq -r .blobId usual)"'/2","size":1,"name":"relevé.csv","type":"text/csv","charset":"us-ascii","disposition":"attachment","cid":"c@x.example","language":["fr","en"],"location":null}' ]
    [ "$(jq -c '.bodyStructure | keys_unsorted' usual)" = \
        '["partId","blobId","size","name","type","charset","disposition","cid","language","location","subParts"]' ]
    mail-parse --from=rfc822 --properties=bodyStructure,textBody \
        --body-properties=partId,header:X-Part:asText,header:Content-ID:asMessageIds,subParts mail >got
    [ "$(jq -c .bodyStructure got)" = '{"partId":null,"header:X-Part:asText":null,"header:Content-ID:asMessageIds":null,"subParts":[{"partId":"1","header:X-Part:asText":"hé","header:Content-ID:asMessageIds":null},{"partId":"2","header:X-Part:asText":null,"header:Content-ID:asMessageIds":["c@x.example"]}]}' ]
    mail-parse --from=rfc822 --properties=textBody --body-properties=headers mail >got
    [ "$(jq -c .textBody got)" = '[{"headers":[{"name":"Content-Type","value":" text/plain; charset=utf-8"},{"name":"X-Part","value":" =?utf-8?Q?h=C3=A9?="}]}]' ]
    mail-parse --from=rfc822 --properties=bodyStructure --body-properties= mail >got
    [ "$(jq -c .bodyStructure got)" = '{"subParts":[{},{}]}' ]
    run --separate-stderr -64 mail-parse --body-properties=subject mail
    [[ $stderr == 'mail-parse: --body-properties: no property is called subject'* ]]
}

@test "a choice of properties survives the way through mbox and through lines" {
    choice=subject,header:X-Count:asText:all,header:To:asGroupedAddresses
    mail-parse --from=rfc822 mail >whole
    mail-parse --from=rfc822 --properties=$choice mail >chosen
    run --separate-stderr -0 mail-parse --inside --to=mbox chosen
    [ "$stderr" = "" ]
    mail-parse --inside --to=mbox chosen >chosen.mbox
    mail-parse --inside chosen.mbox | cmp - whole
    mail-parse --inside --properties=$choice chosen.mbox | cmp - chosen
    mail-parse --inside --properties=$choice whole | cmp - chosen
    mail-parse --inside --properties=$choice chosen | cmp - chosen
    # and no octet of the message is lost
    mail-parse --inside --to=mbox chosen.mbox | cmp - chosen.mbox
    jq -r .raw chosen | base64 -d | cmp - mail
}

@test "without the octets fields are read from headers, else what was made stays" {
    mail-parse --from=rfc822 --no-raw mail >line
    mail-parse --from=rfc822 --no-raw --properties=header:To:asAddresses,header:X-Count mail >want
    mail-parse --inside --properties=header:To:asAddresses,header:X-Count line | cmp - want
    run --separate-stderr -0 mail-parse --inside --properties=header:X-Count,header:X-None want
    [ "$stderr" = "" ]
    [ "$(jq -c 'del(.triage)|del(.blobId)' <<<"$output")" = \
        '{"size":'"$(jq .size want)"',"receivedAt":"2026-11-23T11:00:00Z","header:X-Count":" 2"}' ]
}

@test "--no-raw takes the octets out of lines too" {
    mail-parse --from=rfc822 mail >line
    mail-parse --inside --no-raw line >got
    jq -c 'del(.raw)' line >want
    jq -c . got | same want -
    mail-parse --inside --no-raw --to=rfc822 line >got
    mail-parse --inside --to=rfc822 line | cmp - got
}

@test "mail that never met mail-parse has no receivedAt" {
    setup_site
    run --separate-stderr -0 triage --filters= --from=rfc822 mail
    [ "$(jq -c 'has("receivedAt")' <<<"$output")" = false ]
    [ "$(jq -c .subject <<<"$output")" = '"Café et été"' ]
}

@test "trust: results of our server, ARC, where answers go, who the name shows" {
    setup_site
    cat >mail <<'END'
Authentication-Results: mx.lumiere.example 1; spf=pass (x) smtp.mailfrom="a; dmarc=pass
 header.from=x.example"@y.example; dkim=fail header.d=x.example; arc=pass (i=1)
Received: from a by mx.lumiere.example; Mon, 23 Nov 2026 11:00:00 +0000
Authentication-Results: mx.lumiere.example; dmarc=pass header.from=x.example
ARC-Seal: i=1; cv=none; d=y.example
From: =?utf-8?q?L_u_m_i_=C3=A8_r_=D0=B5_ENERG1E?= <jean@x.example>
Reply-To: jean@y.example
Subject: x

x
END
    [ "$(mail-parse --from=rfc822 mail | jq -c .triage.trust)" = '{"spf":"pass","dkim":"fail","arc":"pass","warnings":["reply-to-differs","reply-to-domain","display-name"]}' ]
    sed -i -e '1,2d' -e 's/y.example$/x.example/' -e 's/jean@x.example$/paul@x.example/' \
        -e 's/^From.*/From: Jean <jean@x.example>/' -e 's/^Reply.*/Reply-To: paul@x.example/' mail
    mail-parse --from=rfc822 mail >got
    [ "$(jq -c .triage.trust got)" = '{"dmarc":"pass","arc":"unchecked","aligned":true,"warnings":["reply-to-differs"]}' ]
    python3 "$POSTROOM_SRC/test/schema.py" "$SCHEMA" <got
}

@test "limits: each one hit shows, and the rest is read" {
    setup_site
    hit() {
        mail-parse --from=rfc822 --no-raw mail >got
        [ "$(jq -r '[.triage.errors[]?.code] | join(" ")' got)" = "$1" ] || { jq -c .triage got; return 1; }
    }
    limits() {
        sed -i -z -E "s|<limits[^>]*>|<limits $1/>|" "$SITE/postroom.xml"
        postroom-check --config="$SITE/postroom.xml" >/dev/null
    }
    hit ''
    limits 'fields="10"'
    hit limit-fields
    [ "$(jq -c '[(.headers | length), .sender[0].email, .cc]' got)" = '[10,"rene@x.example",null]' ]
    printf 'From: a@x.example\nTo: b@x.example\nSubject: caf\303\251s\n\nFirst line of words here\nshort\nMore words than thirty octets allow\n' >mail
    limits 'field-size="6"'
    hit limit-field-size
    [ "$(jq -c '[.subject, .triage.text]' got)" = '["café","First line of words here\nshort\nMore words than thirty octets allow"]' ]
    limits 'line="16"'
    hit limit-line
    [ "$(jq -c .triage.text got)" = '"First line of wo\nshort\nMore words than"' ]
    [ "$(jq -c '.bodyValues["1"].value' got)" = '"First line of words here\nshort\nMore words than thirty octets allow\n"' ]
    limits 'text="20"'
    hit limit-text
    [ "$(jq -c '.bodyValues["1"] | [.value, .isTruncated]' got)" = '["First line of words ",true]' ]
    limits 'message="60"'
    hit limit-message
    [ "$(jq -r .subject got)" = 'cafés' ]
}

@test "limits: the field behind a hundred thousand others still silences us" {
    setup_site
    {
        printf 'From: a@x.example\nTo: contact@lumiere.example\nSubject: ma facture\n'
        printf 'Message-ID: <1@x.example>\nDate: Mon, 23 Nov 2026 12:00:00 +0100\n'
        seq -f 'X-Field-%.0f: value' 99995
        printf 'Auto-Submitted: auto-replied\n\nBonjour, je suis absent.\n'
    } >mail
    [ "$(sed '/^$/q' mail | grep -c :)" -eq 100001 ]
    triage --from=rfc822 --to=json mail >got
    [ "$(jq -c .triage.autoreply got)" = '{"action":"none","why":"auto-submitted"}' ]
    [ "$(jq -c '[.triage.errors[].code] | index("limit-fields") != null' got)" = true ]
    sed -i 's/^Auto-Submitted: auto-replied/Auto-Submitted: no/' mail
    triage --from=rfc822 --to=json mail >got
    [ "$(jq -r '.triage.autoreply.why' got)" = limit ]
}

@test "the schema takes every object of the sample, with all that can be asked for" {
    mail-parse --properties=headers,subject,bodyStructure,textBody,htmlBody,attachments,header:Subject:asText:all,header:To:asGroupedAddresses:all,header:Received:all,header:Date:asDate:all,header:References:asMessageIds:all,header:List-Unsubscribe:asURLs:all \
        --body-properties=partId,blobId,size,headers,name,type,charset,disposition,cid,language,location,header:Content-Type:asText:all \
        "$SAMPLE"/*.eml "$MAIL"/*.eml >objects
    [ "$(wc -l <objects)" -ge 126 ]
    python3 "$POSTROOM_SRC/test/schema.py" "$SCHEMA" <objects
}

@test "the schema refuses wrong values of the properties that were asked for" {
    mail-parse --from=rfc822 --properties=id,headers,bodyStructure,textBody,attachments,header:Subject:asText,header:Subject:all,header:To:asGroupedAddresses,header:Date:asDate,header:X:asMessageIds:all \
        mail >good
    python3 "$POSTROOM_SRC/test/schema.py" "$SCHEMA" <good
    for change in '.id = "x"' '.["header:Subject:asText"] = 3' '.["header:Subject:all"] = null' \
        '.["header:To:asGroupedAddresses"][0].addresses = null' \
        '.["header:To:asGroupedAddresses"][0].extra = 1' '.["header:Date:asDate"] = "yesterday"' \
        '.["header:X:asMessageIds:all"] = [[]]' '.bodyStructure.partId = "1"' \
        '.bodyStructure.extra = 1' '.textBody[0].subParts = []' '.textBody[0].partId = null' \
        '.attachments[0].language = []' '.headers[0].name = "a b"' 'del(.bodyStructure.subParts)' \
        '.triage.trust = {"warnings":["other"]}'; do
        jq -c "$change" good >bad
        run python3 "$POSTROOM_SRC/test/schema.py" "$SCHEMA" <bad
        [ "$status" -eq 1 ] || { echo "accepted: $change"; return 1; }
    done
}

@test "the schema takes what other parsers test with" {
    [ -d "$POSTROOM_DATA/mime-suites" ] || skip "no $POSTROOM_DATA/mime-suites"
    find "$POSTROOM_DATA/mime-suites" -type f \( -name '*.txt' -o -name '*.eml' \) -size +0 \
        ! -name '*.json' ! -name README.md -print >files
    if [ -e "$POSTROOM_DATA/mime4j/testmsgs.tar.gz" ]; then
        tar -xzf "$POSTROOM_DATA/mime4j/testmsgs.tar.gz"
        find . -name '*.msg' -size +0 -print >>files
    fi
    [ "$(wc -l <files)" -ge 100 ]
    while read -r file; do
        mail-parse --from=rfc822 --body-properties=partId,blobId,size,headers,name,type,charset,disposition,cid,language,location \
            "$file" || { echo "$file"; return 1; }
    done <files >objects
    for file in "$POSTROOM_DATA"/mime-suites/mime4j-mbox/*; do
        mail-parse --from=mbox "$file" >>objects
    done
    python3 "$POSTROOM_SRC/test/schema.py" "$SCHEMA" <objects
}
