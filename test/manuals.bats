#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The manual: a page for every program and format, which says what the program says, and whose
# examples work.

bats_require_minimum_version 1.5.0
load helper

TAKE=$POSTROOM_SRC/test/tools/manual-examples
MAN=$POSTROOM_SRC/man

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
}

# Every program that people call, as "PAGE COMMAND…": a command of a filter is `audit verify`.
programs() {
    local path name
    for path in "$BUILD"/bin/*; do
        [ -x "$path" ] || continue
        name=${path##*/}
        echo "$name $name"
    done
    for path in "$BUILD"/libexec/*; do
        name=${path##*/}
        echo "$name ${name%%-*} ${name#*-}"
    done
}

@test "every program, command and format has a page" {
    programs | while read -r page _; do
        [ -f "$MAN/$page.1" ] || { echo "no page: $page.1"; exit 1; }
    done
    for page in postroom.xml.5 triage-json.5 triage-ledger.5 postroom.7; do
        [ -f "$MAN/$page" ]
    done
    # and no page is of a program that is not there
    for page in "$MAN"/*.1; do
        name=${page##*/}
        programs | grep -q "^${name%.1} " || { echo "no program: $name"; exit 1; }
    done
}

@test "every page is lint-clean" {
    run -0 mandoc -Tlint -Wwarning "$MAN"/*
    [ "$output" = '' ]
}

@test "every page has EXAMPLES, every page of a program EXIT STATUS" {
    for page in "$MAN"/*; do
        "$TAKE" --section EXAMPLES "$page" || { echo "$page: no EXAMPLES"; exit 1; }
        [ -n "$("$TAKE" "$page")" ] || { echo "$page: nothing to run in EXAMPLES"; exit 1; }
    done
    for page in "$MAN"/*.1; do
        "$TAKE" --section 'EXIT STATUS' "$page" || { echo "$page: no EXIT STATUS"; exit 1; }
    done
}

@test "a page and --help name the same options" {
    programs | while read -r page command; do
        # shellcheck disable=SC2086 # a program and perhaps a command
        $command --help | grep -oE '^ +(-[a-zA-Z], )?--[a-z][a-z-]*' | sed 's/.*--//' | sort -u >help
        [ -s help ] || { echo "$command --help shows no option"; exit 1; }
        "$TAKE" --options "$MAN/$page.1" | sort -u >described
        diff -u help described >&2 || { echo "$page.1"; exit 1; }
    done
}

@test "cross-references lead to pages that are there" {
    sed -n 's/^\.Xr \([^ ]*\) \([1-8]\).*/\1.\2/p' "$MAN"/* | sort -u | while read -r page; do
        [ -f "$MAN/$page" ] || case $page in
        jq.1 | procmail.1 | cron.8 | local.8 | sendmail.1 | sendmail.8 | pipe.8 | formail.1 | awk.1 | \
            crontab.5 | procmailrc.5 | strftime.3 | sqlite3.1 | pcre2pattern.3 | pcre2syntax.3 | \
            xmllint.1 | logrotate.8 | grep.1 | zdump.8 | tzselect.8) ;;
        *)
            echo "no such page: $page"
            exit 1
            ;;
        esac
    done
}

# The files that the pages speak of, in a fresh set-up that has been at work.
set_up_examples() {
    setup_site
    mv "$SITE" work
    cd work || return 1
    export POSTROOM_CONFIG=$PWD/postroom.xml HOME=$PWD
    sample_maildir archive
    sample_maildir Maildir
    cp "$SAMPLE/001-facture-non-recue.eml" message.eml
    cp postroom.xml new.xml
    triage --to=json --filters=mail-parse,dedupe,classify,escalate,autoreply,audit archive >triaged.ndjson
    triage --filters= --to=mbox triaged.ndjson >archive.mbox
    head -n 1 triaged.ndjson | triage --filters= --from=json --to=rfc822 >triaged.eml
    cp store/ledger.ndjson copy.ndjson
}

@test "the examples of every page work" {
    for page in "$MAN"/*; do
        (
            set_up_examples
            "$TAKE" "$page" >examples
            # one shell for a page: what an example sets, the next may use
            while IFS= read -r example <&8; do
                printf '%s\n' "$example" "code=\$?; [ \$code -eq 0 ] || { echo \"\$code\"; exit \$code; }"
            done 8<examples >script
            bash script >out 2>err </dev/null || {
                echo "${page##*/}: $(tail -n 1 out): $(tail -n 3 err)"
                cat examples
                exit 1
            }
        ) >result 2>&1 || { cat result >&2; failed=yes; }
        rm -rf work
    done
    [ -z "${failed:-}" ]
}
