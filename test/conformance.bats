#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Our parser against those of others, with the messages that we may ship (make conformance takes
# all). `run --separate-stderr` sets stderr.
# shellcheck disable=SC2154

bats_require_minimum_version 1.5.0
load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    CONFORMANCE=$POSTROOM_SRC/test/conformance
    export PYTHONDONTWRITEBYTECODE=1
    [ -x "$BUILD/test/parts" ] || skip "build/test/parts is not built: make build/test/parts"
}

@test "conformance: the suites that are shipped, each difference judged" {
    run --separate-stderr -0 python3 "$CONFORMANCE/run.py" --shipped
    grep -v 'has no --mbox' <<<"$stderr" | same /dev/null - || [ "$stderr" = "" ]
    sed '1,/^$/d' <<<"$output" | grep -v -e ^mimekit-mbox -e ^together >table
    same - table <<'TABLE'
mime4j	36	37	0.973
mime4j-mbox	5	5	1.000
mimekit-messages	18	18	1.000
mimekit-messages-cpython	15	18	0.833
cpython	46	48	0.958
mikel-mail	70	70	1.000
mikel-mail-cpython	66	70	0.943
TABLE
}

@test "conformance: a difference that nobody judged fails, as does a judgement on none" {
    grep -v frag "$CONFORMANCE/judgements.tsv" >judged
    run --separate-stderr -1 python3 "$CONFORMANCE/run.py" --shipped --judgements=judged mime4j
    [[ $stderr == 'conformance: mime4j: frag: not judged: ours 2.2.2.2 image/jpeg '*'; theirs '* ]]
    printf 'mime4j\tsimple\ttaste\tit is simple\n' |
        cat "$CONFORMANCE/judgements.tsv" - >judged
    run --separate-stderr -1 python3 "$CONFORMANCE/run.py" --shipped --judgements=judged mime4j
    [ "$stderr" = "conformance: mime4j: simple: judged, but there is no difference any more" ]
    printf 'mime4j\tsimple\tperhaps\tit is simple\n' >judged
    run --separate-stderr -1 python3 "$CONFORMANCE/run.py" --shipped --judgements=judged mime4j
    [ "$stderr" = "conformance: judged: simple: 'perhaps' is no judgement" ]
}

@test "conformance: the scorer sees other parts, types and octets" {
    mkdir -p data/suite
    cp -R "$CONFORMANCE"/*.py "$CONFORMANCE/judgements.tsv" data/
    cp -R "$CONFORMANCE/data/mime4j/testmsgs" data/suite/
    sed -i 's/first part/First part/' data/suite/testmsgs/intermediate-boundaries_decoded_1_1.txt
    sed -i 's|Content-Type: text/plain<|Content-Type: text/html<|' \
        data/suite/testmsgs/misplaced-boundary_decoded.xml
    mkdir -p shared
    mv data/suite shared/mime4j
    POSTROOM_DATA=$PWD/shared run --separate-stderr -1 python3 data/run.py mime4j
    [[ ${stderr_lines[0]} == *'intermediate-boundaries: not judged: ours 1 text/plain '*'; theirs 1 text/plain '* ]]
    [[ ${stderr_lines[1]} == *'misplaced-boundary: not judged: ours 1 text/plain '*'; theirs 1 text/html '* ]]
    [ "${#stderr_lines[@]}" -eq 2 ]
    [ "${lines[-1]}" = $'mime4j\t12\t14\t0.857' ]
}

@test "conformance: mail that nobody wrote loses no octet and gives valid text" {
    run --separate-stderr -0 python3 "$CONFORMANCE/mutants.py" --shipped --count=500
    [ "$stderr" = "" ]
    grep -qx $'mutants without fault\t500\t500\t1.000' <<<"$output"
}
