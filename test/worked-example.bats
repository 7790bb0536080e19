#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The worked examples of CONTRIBUTING.md, taken from the page, built, and run.

bats_require_minimum_version 1.5.0
load helper

# Writes each fenced block whose info string has a file's name into that file below $1; of a block
# of language `diff` the lines to be added go into the file of that name, behind the line above them.
take_blocks() {
    awk -v top="$1" '
        !inside && /^```[a-z]+ [a-z]+\// {
            language = substr($1, 4)
            file = top "/" $2
            behind = ""
            count = 0
            if (language == "diff")
                while ((getline line <file) > 0)
                    lines[++count] = line
            close(file)
            inside = 1
            next
        }
        inside && /^```$/ {
            for (i = 1; i <= count; i++)
                print lines[i] >file
            close(file)
            print language, substr(file, length(top) + 2)
            inside = 0
            next
        }
        inside && language != "diff" { print >file }
        inside && language == "diff" && /^ / { behind = substr($0, 2) }
        inside && language == "diff" && /^[+]/ {
            for (i = count; i > 0 && lines[i] != behind; i--)
                lines[i + 1] = lines[i]
            if (i == 0) {
                print "no line to add behind: " behind >"/dev/stderr"
                exit 1
            }
            lines[i + 1] = substr($0, 2)
            count++
        }' "$POSTROOM_SRC/CONTRIBUTING.md"
}

@test "worked example: the filter and the command of CONTRIBUTING.md are built and pass their tests" {
    tree=$BATS_TEST_TMPDIR/tree
    built=${BUILD#"$POSTROOM_SRC"/}
    [[ $built != /* ]] # below the source tree
    mkdir -p "$tree/$built"
    # With its times, so that only what the example changes is compiled.
    for name in Makefile .clang-format CONTRIBUTING.md bin commands filters lib man templates test; do
        cp -a "$POSTROOM_SRC/$name" "$tree/"
    done
    for name in gen obj bin libexec libpostroom.a; do
        cp -a "$BUILD/$name" "$tree/$built/"
    done

    cd "$tree"
    cp filters/filters.h before
    take_blocks "$tree" >taken
    same - taken <<'END'
c filters/count-attachments.c
diff filters/filters.h
roff man/count-attachments.1
bash test/count-attachments.bats
c commands/escalate-queues.c
bash test/escalate-queues.bats
END
    # One line in the table.
    [ "$(diff before filters/filters.h | grep -c '^[<>]')" = 1 ]

    # What they print shows when one of them fails.
    clang-format --dry-run -Werror filters/count-attachments.c filters/filters.h \
        commands/escalate-queues.c
    mandoc -Tlint -Wwarning man/count-attachments.1
    shellcheck -x test/count-attachments.bats test/escalate-queues.bats

    # A make that runs us passes its own settings on; the compiler's come through the environment.
    unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
    make --no-print-directory BUILD="$built" "$built/bin/count-attachments" "$built/bin/triage" \
        "$built/libexec/escalate-queues"
    # As from a shell: a bats inside bats must not take over its folders and programs.
    run env -i PATH="${PATH//"$BATS_LIBEXEC":/}" HOME="$HOME" TMPDIR="$BATS_TEST_TMPDIR" \
        ASAN_OPTIONS="${ASAN_OPTIONS:-}" BUILD="$tree/$built" POSTROOM_SRC="$tree" \
        bats test/count-attachments.bats test/escalate-queues.bats
    printf '%s\n' "$output" >&2
    [ "$status" = 0 ]
    [ "$(grep -c '^ok' <<<"$output")" = 7 ]
}
