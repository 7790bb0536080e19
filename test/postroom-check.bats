#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154

bats_require_minimum_version 1.5.0
load helper

setup() {
    setup_site
    unset POSTROOM_CONFIG
    xml=$SITE/postroom.xml
    cd "$BATS_TEST_TMPDIR" || return 1
}

# Replaces the first $1 (fixed text, one line) by $2 in the configuration.
change() {
    awk -v from="$1" -v to="$2" '
        !done && (at = index($0, from)) {
            $0 = substr($0, 1, at - 1) to substr($0, at + length(from)); done = 1
        }
        { print }
        END { exit !done }' "$xml" >changed
    cat changed >"$xml"
}

# The line number of the first line that holds $1.
line_of() {
    grep -nF -m1 -- "$1" "$xml" | cut -d: -f1
}

@test "a fresh set-up has nothing wrong, and it shows what would become of the mail" {
    run --separate-stderr postroom-check "$xml"
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    [ "${lines[0]}" = "$xml: nothing is wrong." ]
    grep -Eq '^  rabat-l1 +OUTSIDE, not redacted, site rabat, Maildir ' <<<"$output"
    grep -Eq 'hours of rabat-day; first reply within 4 h; resolved within 18 h' <<<"$output"
    grep -Eq '^  legal-threat +3, sensitive$' <<<"$output"
    grep -Eq '^ +1\. legal-threat +legal-threat, level 3, sensitive, priority 1000' <<<"$output"
    grep -Eq '^  level 1 +rabat-l1\* +rabat-l1\* +team-l2 +team-l2 +team-l2$' <<<"$output"
    grep -Eq '^  level 1, sensitive( +experts-l3){5}$' <<<"$output"
    grep -Eq '^  acknowledge( +yes){4}$' <<<"$output"
    grep -Eq '^Proof: no path lets sensitive mail out \([0-9]+ classes' <<<"$output"
    [ "$(grep -c ' $' <<<"$output")" = 0 ]
}

@test "without a file it is the one of the environment, else the built-in starter" {
    POSTROOM_CONFIG=$xml run postroom-check
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = "$xml: nothing is wrong." ]
    [ ! -e /etc/postroom/postroom.xml ] || skip 'this host has a configuration'
    run postroom-check
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = "built-in starter: nothing is wrong." ]
}

@test "--config says the file too; two files are one too many" {
    run postroom-check --config="$xml"
    [ "$status" -eq 0 ]
    run postroom-check --config="$xml" "$xml"
    [ "$status" -eq 64 ]
    run postroom-check "$xml" "$xml"
    [ "$status" -eq 64 ]
    run postroom-check --nosuch
    [ "$status" -eq 64 ]
}

@test "every problem is named with line and column, and nothing else is printed: 78" {
    change 'level="2"/>' 'level="12"/>'
    change 'queue="team-l2"/>' 'queue="team-12"/>'
    change '<windows' '<window'
    run --separate-stderr postroom-check "$xml"
    [ "$status" -eq 78 ]
    [ -z "$output" ]
    grep -qF "postroom-check: $xml:$(line_of '<window '):3: unknown element <window>" <<<"$stderr"
    grep -qF "$xml:$(line_of 'level="12"'):30: level=\"12\": levels are 1 to 9" <<<"$stderr"
    grep -qF "$xml:$(line_of 'team-12'):22: undefined queue \"team-12\"; there are: rabat-l1" \
        <<<"$stderr"
    [ "${#stderr_lines[@]}" -eq 3 ]
}

@test "a pattern that PCRE2 refuses is named" {
    change 'pattern="^YES"' 'pattern="^(YES"'
    change 'd[ée]m[ée]nag' 'd[ée]m[énag'
    run --separate-stderr postroom-check "$xml"
    [ "$status" -eq 78 ]
    grep -qF "$xml:$(line_of '"^(YES"'):29: pattern refused" <<<"$stderr"
    grep -qF "$xml:$(line_of 'd[ée]m[énag'):18: pattern refused" <<<"$stderr"
}

@test "a problem in an included file is named there; a circle is shown" {
    change '</postroom>' '<xi:include href="my.xml"/></postroom>'
    printf '%s\n' '<rules xmlns="urn:postroom:config:1">' \
        '  <rule id="mine" category="nothing"><text words="x"/></rule>' '</rules>' >"$SITE/my.xml"
    chmod 600 "$SITE/my.xml"
    run --separate-stderr postroom-check "$xml"
    [ "$status" -eq 78 ]
    grep -qF "$SITE/my.xml:2:19: undefined category \"nothing\"" <<<"$stderr"
    printf '%s' '<rules xmlns="urn:postroom:config:1" xmlns:xi="http://www.w3.org/2001/XInclude">' \
        '<xi:include href="my.xml"/></rules>' >"$SITE/my.xml"
    run --separate-stderr postroom-check "$xml"
    [ "$status" -eq 78 ]
    grep -qF 'circular XInclude' <<<"$stderr"
}

@test "a file that others can write is refused" {
    chmod 660 "$xml"
    run postroom-check "$xml"
    [ "$status" -eq 78 ]
    [[ $output == *"can be written by others than its owner (mode 0660): chmod go-w"* ]]
}

@test "what could let sensitive mail out is refused" {
    change 'sensitive="no" queue="rabat-l1"' 'queue="rabat-l1"'
    change 'unsure="unsure"' 'unsure="rabat-l1"'
    run postroom-check "$xml"
    [ "$status" -eq 78 ]
    [[ $output == *"sensitive mail could leave the house here"* ]]
    [[ $output == *"unsure must stay in the house"* ]]
}

@test "an outside queue that needs redaction is pointed out" {
    change ' redact="no"' ''
    change 'outside="yes" redact="no"' 'outside="yes"'
    run postroom-check "$xml"
    [ "$status" -eq 0 ]
    [[ $output == *"rabat-l1     OUTSIDE, redacted"* ]]
    [[ $output == *'Note: queue rabat-l1 is outside and lacks redact="no"'* ]]
}

@test "templates: missing languages are shown, broken ones refused" {
    rm "$SITE/replies/acknowledge.es.mustache"
    run postroom-check "$xml"
    [ "$status" -eq 0 ]
    grep -Eq '^  acknowledge +yes +yes +yes +MISSING$' <<<"$output"
    printf 'Subject: x\n\n{{#open}}\n' >"$SITE/replies/acknowledge.de.mustache"
    run --separate-stderr postroom-check "$xml"
    [ "$status" -eq 78 ]
    [ -z "$output" ]
    [[ $stderr == *"acknowledge.de.mustache:3:"* ]]
    rm "$SITE/replies/acknowledge.fr.mustache"
    run postroom-check "$xml"
    [ "$status" -eq 78 ]
    [[ $output == *"acknowledge.fr.mustache is missing"* ]]
}

@test "holidays that are none are refused" {
    echo 'not a calendar' >"$SITE/calendars/holidays-fr.ics"
    run postroom-check "$xml"
    [ "$status" -eq 78 ]
    [[ $output == *"holidays-fr.ics"* ]]
    rm "$SITE/calendars/holidays-fr.ics"
    run postroom-check "$xml"
    [ "$status" -eq 78 ]
    [[ $output == *"postroom.xml:$(line_of holidays-fr.ics):"*"cannot be read"* ]]
}

@test "a category's level is that of the day" {
    change '<category id="technical" level="2"/>' \
        '<category id="technical" level="2"><level value="1" from="2027-01-01"/></category>'
    run postroom-check "$xml"
    grep -Eq '^  technical +2 \(1, from 2027-01-01T00:00:00Z; 2\)$' <<<"$output"
    POSTROOM_NOW=2027-01-01T00:00:00Z run postroom-check "$xml"
    grep -Eq '^  technical +1 ' <<<"$output"
    POSTROOM_NOW=tomorrow run postroom-check "$xml"
    [ "$status" -eq 64 ]
}

@test "routes for a brand or a category have rows of their own" {
    change '<route level="2" queue="team-l2"/>' \
        '<route level="2" brands="brightshop" queue="experts-l3"/><route categories="lead" queue="unsure"/><route level="2" queue="team-l2"/>'
    change '<route level="1" languages="fr en"' '<route level="1" brands="lumiere" languages="fr en"'
    change '<route level="1" queue="team-l2"/>' ''
    run postroom-check "$xml"
    [ "$status" -eq 0 ]
    brand=$(sed -n '/^  Brand brightshop/,/^  No brand/p' <<<"$output")
    grep -Eq '^  level 2 +experts-l3 ' <<<"$brand"
    grep -Eq '^  lead +unsure ' <<<"$brand"
    brand=$(sed -n '/^  Brand lumiere/,/^  Brand brightshop/p' <<<"$output")
    grep -Eq '^  level 2 +team-l2 ' <<<"$brand"
    grep -Eq '^  lead +rabat-l1\* ' <<<"$brand"
}

@test "rules are listed as they win: sensitive, priority, place in the file" {
    run postroom-check "$xml"
    order=$(sed -n 's/^ *[0-9]*\. \([a-z-]*\) .*/\1/p' <<<"$output" | tr '\n' ' ')
    [[ $order == "legal-threat data-protection fraud vulnerable press thank-you "* ]]
    change 'id="delivery" category="delivery" priority="310"' \
        'id="delivery" category="delivery" priority="310" sensitive="yes"'
    run postroom-check "$xml"
    order=$(sed -n 's/^ *[0-9]*\. \([a-z-]*\) .*/\1/p' <<<"$output" | tr '\n' ' ')
    [[ $order == "legal-threat data-protection fraud vulnerable press delivery thank-you "* ]]
}

@test "output that cannot be written is 74" {
    [ -e /dev/full ] || skip 'no /dev/full'
    run bash -c "postroom-check '$xml' >/dev/full"
    [ "$status" -eq 74 ]
}

@test "a file that is not there, a folder, hostile XML: 78, in one line" {
    run postroom-check nosuch.xml
    [ "$status" -eq 78 ]
    [ "${#lines[@]}" -eq 1 ]
    run postroom-check .
    [ "$status" -eq 78 ]
    for name in billion-laughs outside-entity; do
        install -m 600 "$FIXTURES/config/$name.xml" hostile.xml
        run postroom-check hostile.xml
        [ "$status" -eq 78 ]
        [ "${#lines[@]}" -eq 1 ]
        [[ $output == *"a DOCTYPE is not allowed"* ]]
    done
}

@test "standard tools agree: starter and fixture are valid for xmllint" {
    command -v xmllint >/dev/null || skip 'no xmllint'
    xmllint --noout --relaxng "$POSTROOM_SRC/templates/postroom.rng" "$xml"
    cp "$FIXTURES/config/small.xml" small.xml
    xmllint --noout --relaxng "$POSTROOM_SRC/templates/postroom.rng" small.xml
}

@test "--help and --version" {
    run postroom-check --help
    [ "$status" -eq 0 ]
    [[ $output == *"[FILE]"* ]]
    run postroom-check --version
    [ "$status" -eq 0 ]
    [[ $output == "postroom-check (Postroom) "* ]]
}

@test "the examples of the man pages" {
    cd "$SITE" || return 1
    for page in postroom-check.1 postroom.xml.5; do
        sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/s/^\.Dl //p' "$POSTROOM_SRC/man/$page" >../examples
        [ -s ../examples ]
        run sh -eu ../examples
        [ "$status" -eq 0 ]
    done
}

@test "the configuration shown in postroom.xml(5) is right" {
    sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/p' "$POSTROOM_SRC/man/postroom.xml.5" |
        sed -n '/^\.Bd/,/^\.Ed/p' | sed -e '/^\.[BE]d/d' -e 's/\\&//g' -e 's/\\e/\\/g' >example.xml
    chmod 600 example.xml
    run postroom-check example.xml
    [ "$status" -eq 0 ]
}
