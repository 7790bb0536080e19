#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154

load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
}

mode() {
    stat -c %a "$1"
}

@test "it makes a whole set-up and says in three lines what to do next" {
    run postroom-init site
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq 3 ]
    [[ ${lines[0]} == *"postroom-check $PWD/site/postroom.xml"* ]]
    [ "$(mode site/postroom.xml)" = 640 ]
    [ "$(mode site/store)" = 770 ]
    [ "$(mode site/store/house.key)" = 600 ]
    grep -Eqx '[0-9a-f]{64}' site/store/house.key
    cmp "$POSTROOM_SRC/templates/postroom.xml" site/postroom.xml
    for file in replies/acknowledge.fr.mustache calendars/holidays-ma.ics; do
        cmp "$POSTROOM_SRC/templates/$file" "site/$file"
    done
}

@test "every Maildir of the configuration is there" {
    postroom-init site
    run postroom-check site/postroom.xml
    [ "$status" -eq 0 ]
    [[ $output != *"queues/"*"(not there yet)"* ]]
    names=$(sed -n 's/.*maildir="\(queues[^"]*\)".*/\1/p' site/postroom.xml)
    [ "$(wc -w <<<"$names")" -ge 10 ]
    for name in $names; do
        [ "$(mode "site/$name")" = 770 ]
        [ -d "site/$name/tmp" ] && [ -d "site/$name/new" ] && [ -d "site/$name/cur" ]
    done
}

@test "every house has a key of its own" {
    postroom-init one
    postroom-init two
    run cmp -s one/store/house.key two/store/house.key
    [ "$status" -eq 1 ]
}

@test "a folder that has a configuration is left alone: 64" {
    mkdir site
    echo mine >site/postroom.xml
    run postroom-init site
    [ "$status" -eq 64 ]
    [[ $output == *"exists already: nothing was changed"* ]]
    [ "$(ls -A site)" = postroom.xml ]
    [ "$(cat site/postroom.xml)" = mine ]
    mkdir other
    ln -s nowhere other/postroom.xml
    run postroom-init other
    [ "$status" -eq 64 ]
}

@test "an interrupted set-up is finished, and its key kept" {
    mkdir -p site/store site/replies
    printf '%064d\n' 7 >site/store/house.key
    postroom-init site
    [ "$(cat site/store/house.key)" = "$(printf '%064d' 7)" ]
    [ ! -e site/replies/replies ]
}

@test "any umask gives modes that the programs take" {
    (umask 000 && postroom-init loose)
    (umask 077 && postroom-init tight)
    for site in loose tight; do
        postroom-check "$site/postroom.xml" >/dev/null
        [ "$(mode $site/postroom.xml)" = 640 ]
        [ "$(mode $site/store)" = 770 ]
        [ -z "$(find $site -perm -o=w ! -type l)" ]
        [ -z "$(find $site/replies $site/calendars -perm -g=w)" ]
    done
}

@test "names with blanks, with a dash in front, and deep ones" {
    postroom-init 'my site'
    [ -f 'my site/postroom.xml' ]
    postroom-init -- -x
    [ -f ./-x/postroom.xml ]
    postroom-init a/b/c
    [ -f a/b/c/postroom.xml ]
    run postroom-check 'my site/postroom.xml'
    [ "$status" -eq 0 ]
}

@test "wrong usage is 64" {
    run postroom-init
    [ "$status" -eq 64 ]
    run postroom-init a b
    [ "$status" -eq 64 ]
    run postroom-init --force a
    [ "$status" -eq 64 ]
    run postroom-init ''
    [ "$status" -eq 64 ]
    [ -z "$(ls -A)" ]
}

@test "a folder that cannot be made is 74" {
    echo >file
    run postroom-init file/site
    [ "$status" -eq 74 ]
    [[ $output == *"postroom-init: cannot make the folder"* ]]
}

@test "installed, it takes its templates from PREFIX/share/postroom; without them 78" {
    mkdir -p inst/bin inst/share
    sed -e "s|@PREFIX@|$PWD/inst|g" -e 's|@PROGRAM_PREFIX@|postroom-|g' -e 's|@VERSION@|9.8.7|g' \
        "$POSTROOM_SRC/bin/postroom-init" >inst/bin/postroom-init
    chmod 755 inst/bin/postroom-init
    run inst/bin/postroom-init site
    [ "$status" -eq 78 ]
    [ ! -e site ]
    cp -R "$POSTROOM_SRC/templates" inst/share/postroom
    run inst/bin/postroom-init site
    [ "$status" -eq 0 ]
    [[ $output == *"postroom-triage --config"* ]]
    [ -f site/postroom.xml ]
    run inst/bin/postroom-init --version
    [ "$output" = "postroom-init (Postroom) 9.8.7" ]
}

@test "--help and --version" {
    run postroom-init --help
    [ "$status" -eq 0 ]
    [[ $output == "usage: postroom-init DIR"* ]]
    run postroom-init --version
    [ "$status" -eq 0 ]
    [[ $output =~ ^postroom-init\ \(Postroom\)\ [0-9]+\.[0-9]+ ]]
}

@test "the examples of the man page" {
    sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/s/^\.Dl //p' "$POSTROOM_SRC/man/postroom-init.1" >examples
    [ "$(wc -l <examples)" -ge 2 ]
    mkdir home
    run env HOME="$PWD/home" sh -eu examples
    [ "$status" -eq 0 ]
}
