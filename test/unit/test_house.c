/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "house.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

#define EMPTY_ID "sha256-e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* Octets 0 to 31. The ids that it gives here were computed by another program. */
static struct house_key key;

static uint32_t random_state = 20261124;

static size_t below(size_t limit)
{
    random_state = random_state * 1664525 + 1013904223;
    return (random_state >> 8) % limit;
}

static int set_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(key.octets); i++)
        key.octets[i] = (unsigned char)i;
    return 0;
}

/* ---- digests ----------------------------------------------------------------------------------
 */

static void test_digests(void **state)
{
    unsigned char hash[32];
    char id[BLOB_ID_SIZE];

    (void)state;
    /* FIPS 180-2, appendix B.1 */
    digest_sha256(hash, SPAN("abc"));
    assert_memory_equal(hash, "\xba\x78\x16\xbf\x8f\x01\xcf\xea\x41\x41\x40\xde\x5d\xae\x22\x23",
                        16);
    blob_id(id, SPAN("abc"));
    assert_string_equal(id,
                        "sha256-ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    blob_id(id, (struct span){NULL, 0});
    assert_string_equal(id, EMPTY_ID);
}

static void assert_copies(bool expected, struct span a, struct span b)
{
    char a_digest[BLOB_ID_SIZE];
    char b_digest[BLOB_ID_SIZE];

    copy_digest(a_digest, a);
    copy_digest(b_digest, b);
    if ((strcmp(a_digest, b_digest) == 0) != expected)
        fail_msg("%s copies:\n%s\n--\n%s", expected ? "no" : "are", a.octets, b.octets);
}

#define PLAIN "From: a@b\nSubject: x\n y\n\nReceived: not a field\n\nStatus: O\n"

static void test_copy_digest(void **state)
{
    char digest[BLOB_ID_SIZE];
    char id[BLOB_ID_SIZE];
    const struct span plain = SPAN(PLAIN);

    (void)state;
    /* Of a message without trace fields it is the digest of its octets. */
    copy_digest(digest, plain);
    blob_id(id, plain);
    assert_string_equal(digest, id);
    copy_digest(digest, (struct span){NULL, 0});
    assert_string_equal(digest, EMPTY_ID);

    assert_copies(true, plain, SPAN("Return-Path: <a@b>\nDelivered-To: c@d\n" PLAIN));
    assert_copies(true, plain, SPAN("Received: from x\n\tby y;\n  today\n" PLAIN));
    assert_copies(true, plain, SPAN("RECEIVED : z\nx-original-to:z\nEnvelope-To:z\n" PLAIN));
    assert_copies(true, plain,
                  SPAN("From: a@b\nStatus: RO\nSubject: x\n y\nX-Status: A\nDelivery-Date: now\n\n"
                       "Received: not a field\n\nStatus: O\n"));
    assert_copies(true, plain,
                  SPAN("From: a@b\r\nSubject: x\r\n y\r\n\r\nReceived: not a field\r\n\r\n"
                       "Status: O\r\n"));
    assert_copies(true, plain,
                  SPAN("Received: x\r\n\ty\r\nFrom: a@b\r\nSubject: x\n y\r\n\r\n"
                       "Received: not a field\n\r\nStatus: O\r\n"));
    assert_copies(true, SPAN(""), SPAN("Received: x"));

    /* Other fields, other folding, another body, a bare CR: another content. */
    assert_copies(false, plain, SPAN("X-Received: x\n" PLAIN));
    assert_copies(false, plain, SPAN("Received-SPF: pass\n" PLAIN));
    assert_copies(false, plain, SPAN("Statu: x\n" PLAIN));
    assert_copies(false, plain, SPAN(PLAIN "\n"));
    assert_copies(false, plain, SPAN("\n" PLAIN));
    assert_copies(false, plain, SPAN("Received: x\n\n" PLAIN));
    assert_copies(false, SPAN("A: b\n\nReceived: x\n"), SPAN("A: b\n\n"));
    assert_copies(false, SPAN("A: b\n\nc\rd"), SPAN("A: b\n\nc\nd"));
    assert_copies(false, SPAN("A: b\n\nc\r"), SPAN("A: b\n\nc"));
    assert_copies(false, SPAN("A: b\n\nc\r\r\n"), SPAN("A: b\n\nc\r\n"));
    assert_copies(false, SPAN("A: b\n\nc\0d"), SPAN("A: b\n\nc\0e"));
    assert_copies(false, SPAN("A: b\n c\n\n"), SPAN("A: b\nReceived: x\n\n"));
}

/* Trace fields and line ends anywhere in the header change nothing, in any of many messages. */
static void test_copy_digest_property(void **state)
{
    static const char *const traces[] = {
        "Received: from a\n\tby b", "Return-path: <>", "X-STATUS: F",
        "delivered-to: x\n y\n z",  "Received:",       "Status: \xff"};
    static const char *const fields[] = {"From: a@b", "Subject: re\n ceived: no", "To:\n\tc@d",
                                         "no field at all", "X-Y: \xe9"};
    struct buf one = BUF_INIT;
    struct buf other = BUF_INIT;
    struct buf crlf = BUF_INIT;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        buf_clear(&one);
        buf_clear(&other);
        buf_clear(&crlf);
        for (size_t count = below(6); count > 0; count--) {
            const char *field = fields[below(sizeof(fields) / sizeof(fields[0]))];

            while (below(2) == 0)
                buf_format(&other, "%s\n", traces[below(sizeof(traces) / sizeof(traces[0]))]);
            buf_format(&one, "%s\n", field);
            buf_format(&other, "%s\n", field);
        }
        buf_string(&one, "\nbody\n\n Received: x\nStatus: y\n");
        buf_string(&other, "\nbody\n\n Received: x\nStatus: y\n");
        for (size_t at = 0; at < other.length; at++) {
            if (other.octets[at] == '\n' && below(2) == 0)
                buf_char(&crlf, '\r');
            buf_char(&crlf, other.octets[at]);
        }
        assert_copies(true, buf_view(&one), buf_view(&other));
        assert_copies(true, buf_view(&one), buf_view(&crlf));
    }
    buf_release(&one);
    buf_release(&other);
    buf_release(&crlf);
}

/* ---- the key ----------------------------------------------------------------------------------
 */

static char key_path[64];
static int own_stderr;

static int set_up_key(void **state)
{
    int fd;

    (void)state;
    snprintf(key_path, sizeof(key_path), "/tmp/test-house-XXXXXX");
    fd = mkstemp(key_path);
    if (fd < 0 || close(fd) != 0)
        return -1;
    own_stderr = dup(STDERR_FILENO);
    fd = open("/dev/null", O_WRONLY);
    return dup2(fd, STDERR_FILENO) >= 0 ? close(fd) : -1;
}

static int tear_down_key(void **state)
{
    (void)state;
    if (dup2(own_stderr, STDERR_FILENO) < 0 || close(own_stderr) != 0)
        return -1;
    return unlink(key_path);
}

static int load(const char *text, mode_t mode, struct house_key *loaded)
{
    FILE *file = fopen(key_path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(key_path, mode), 0);
    return house_key_load(key_path, loaded);
}

#define DIGITS "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F"

static void test_key_load(void **state)
{
    struct house_key loaded = {{0}};

    (void)state;
    assert_int_equal(load(DIGITS "\n", 0600, &loaded), 0);
    assert_memory_equal(loaded.octets, key.octets, sizeof(key.octets));
    assert_int_equal(load(DIGITS, 0640, &loaded), 0);
    assert_int_equal(load(DIGITS "\r\n", 0400, &loaded), 0);
    assert_int_equal(load(DIGITS, 0644, &loaded), EX_CONFIG);
    assert_int_equal(load(DIGITS, 0604, &loaded), EX_CONFIG);
    assert_int_equal(load(DIGITS, 0602, &loaded), EX_CONFIG);
    assert_int_equal(load("", 0600, &loaded), EX_CONFIG);
    assert_int_equal(load(DIGITS "0", 0600, &loaded), EX_CONFIG);
    assert_int_equal(load(DIGITS "00", 0600, &loaded), EX_CONFIG);
    assert_int_equal(load(&DIGITS[1], 0600, &loaded), EX_CONFIG);
    assert_int_equal(load(&DIGITS[2], 0600, &loaded), EX_CONFIG);
    assert_int_equal(load("x" DIGITS, 0600, &loaded), EX_CONFIG);
    assert_int_equal(
        load("xx0102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F", 0600, &loaded),
        EX_CONFIG);
    assert_int_equal(house_key_load("/tmp/absent/key", &loaded), EX_CONFIG);
    assert_int_equal(house_key_load("/tmp", &loaded), EX_CONFIG);
}

/* ---- case ids ---------------------------------------------------------------------------------
 */

static void assert_case_id(const char *id, const char *blob, unsigned retry)
{
    char made[CASE_ID_SIZE];

    case_id(made, &key, blob, retry);
    assert_string_equal(made, id);
}

static void test_case_id(void **state)
{
    struct house_key other = key;
    char a[CASE_ID_SIZE];
    char b[CASE_ID_SIZE];

    (void)state;
    assert_case_id("NSGJCGRAM0", EMPTY_ID, 0);
    assert_case_id("8QN98757ZK", EMPTY_ID, 1);
    other.octets[31] ^= 1;
    case_id(a, &key, EMPTY_ID, 0);
    case_id(b, &other, EMPTY_ID, 0);
    assert_string_not_equal(a, b);
    case_id(b, &key, "sha256-0", 0);
    assert_string_not_equal(a, b);
}

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

static bool reads(const char *text, const char *expected)
{
    char id[CASE_ID_SIZE];

    return case_id_read(id, span_of(text)) && strcmp(id, expected) == 0;
}

static void test_case_id_spellings(void **state)
{
    char id[CASE_ID_SIZE];

    (void)state;
    assert_true(reads("NSGJCGRAM0", "NSGJCGRAM0"));
    assert_true(reads("nsgjcgram0", "NSGJCGRAM0"));
    assert_true(reads("NsGjCgRaMo", "NSGJCGRAM0"));
    assert_true(reads("NSGJCGRAMO", "NSGJCGRAM0"));
    assert_true(reads("0000000000", "0000000000"));
    assert_true(reads("oOoOoOoOoO", "0000000000"));
    assert_false(case_id_read(id, SPAN("")));
    assert_false(case_id_read(id, (struct span){NULL, 0}));
    assert_false(case_id_read(id, SPAN("NSGJCGRAM")));
    assert_false(case_id_read(id, SPAN("NSGJCGRAM00")));
    assert_false(case_id_read(id, SPAN("NSGJ-CGRAM0")));
    assert_false(case_id_read(id, SPAN(" NSGJCGRAM")));
    assert_false(case_id_read(id, SPAN("000000000U")));
    assert_false(case_id_read(id, SPAN("00000000\0"
                                       "0")));
    assert_false(case_id_read(id, SPAN("00000000\xc3\xa9")));
    /* I and L are 1, in an id that has a 1. */
    for (unsigned retry = 0;; retry++) {
        char other[CASE_ID_SIZE];
        char *one;

        case_id(id, &key, EMPTY_ID, retry);
        memcpy(other, id, sizeof(id));
        one = strchr(other, '1');
        if (one == NULL)
            continue;
        for (const char *letter = "IiLl"; *letter != '\0'; letter++) {
            *one = *letter;
            assert_true(reads(other, id));
        }
        break;
    }
}

static size_t value_of(char character)
{
    return (size_t)(strchr(alphabet, character) - alphabet);
}

static bool is_right(const char *id)
{
    char read[CASE_ID_SIZE];

    return case_id_read(read, (struct span){id, CASE_ID_SIZE - 1});
}

/*
 * The check is linear over GF(32), so its faults would show in these: every single character other
 * than 0 in an id of zeros, and every pair of neighbours in an id that is zeros but for them and
 * one more character.
 */
static void test_check_character_exhaustively(void **state)
{
    char id[CASE_ID_SIZE] = "0000000000";

    (void)state;
    assert_true(is_right(id));
    for (size_t place = 0; place < 10; place++) {
        for (size_t value = 1; value < 32; value++) {
            id[place] = alphabet[value];
            assert_false(is_right(id));
        }
        id[place] = '0';
    }
    for (size_t place = 0; place < 9; place++) {
        /* Some character elsewhere that makes the id right. */
        size_t balance = place < 8 ? 9 : 0;

        for (size_t pair = 0; pair < 32 * 32; pair++) {
            size_t right = 0;
            size_t swapped_right = 0;

            for (size_t value = 0; value < 32; value++) {
                id[balance] = alphabet[value];
                id[place] = alphabet[pair / 32];
                id[place + 1] = alphabet[pair % 32];
                if (!is_right(id))
                    continue;
                right++;
                id[place] = alphabet[pair % 32];
                id[place + 1] = alphabet[pair / 32];
                swapped_right += is_right(id);
            }
            assert_int_equal(right, 1);
            assert_int_equal(swapped_right, pair / 32 == pair % 32);
        }
        memset(id, '0', 10);
    }
}

/* The same on ids that are given, with swaps of any two characters. */
static void test_check_character_on_ids(void **state)
{
    (void)state;
    for (unsigned retry = 0; retry < 300; retry++) {
        char id[CASE_ID_SIZE];

        case_id(id, &key, EMPTY_ID, retry);
        assert_true(is_right(id));
        for (size_t place = 0; place < 10; place++) {
            char own = id[place];

            for (size_t value = 0; value < 32; value++) {
                id[place] = alphabet[value];
                assert_int_equal(is_right(id), value == value_of(own));
            }
            id[place] = own;
            for (size_t other = place + 1; other < 10; other++) {
                char away = id[other];

                id[place] = away;
                id[other] = own;
                assert_int_equal(is_right(id), own == away);
                id[place] = own;
                id[other] = away;
            }
        }
    }
}

/* 45 bits: among some thousand ids there are no two alike, and every character is used. */
static void test_case_ids_differ(void **state)
{
    enum { COUNT = 3000 };
    static char ids[COUNT][CASE_ID_SIZE];
    size_t used[32] = {0};

    (void)state;
    for (unsigned i = 0; i < COUNT; i++) {
        case_id(ids[i], &key, EMPTY_ID, i);
        for (size_t place = 0; place < 10; place++)
            used[value_of(ids[i][place])]++;
    }
    qsort(ids, COUNT, sizeof(ids[0]), compare);
    for (size_t i = 1; i < COUNT; i++)
        assert_string_not_equal(ids[i - 1], ids[i]);
    for (size_t i = 0; i < 32; i++)
        assert_in_range(used[i], COUNT * 10 / 32 * 8 / 10, COUNT * 10 / 32 * 12 / 10);
}

/* ---- reply keys -------------------------------------------------------------------------------
 */

static void test_reply_key(void **state)
{
    char made[REPLY_KEY_SIZE];
    char other[REPLY_KEY_SIZE];
    struct house_key another = key;

    (void)state;
    reply_key(made, &key, "NSGJCGRAM0", SPAN("customer@example.org"));
    assert_string_equal(made, "8Y6VE3MWR9PT");
    reply_key(other, &key, "NSGJCGRAM0", SPAN(" Customer@EXAMPLE.org "));
    assert_true(reply_key_equal(made, other));
    reply_key(other, &key, "NSGJCGRAM0", SPAN("customer@example.com"));
    assert_false(reply_key_equal(made, other));
    reply_key(other, &key, "8QN98757ZK", SPAN("customer@example.org"));
    assert_false(reply_key_equal(made, other));
    another.octets[0] ^= 128;
    reply_key(other, &another, "NSGJCGRAM0", SPAN("customer@example.org"));
    assert_false(reply_key_equal(made, other));
    /* A case id is made from the same key and cannot be taken for a reply key. */
    case_id(other, &key, "NSGJCGRAM0", 0);
    assert_false(reply_key_equal(made, other));
}

static void test_reply_key_equal(void **state)
{
    (void)state;
    assert_true(reply_key_equal("8Y6VE3MWR9PT", "8Y6VE3MWR9PT"));
    assert_false(reply_key_equal("8Y6VE3MWR9PT", "8Y6VE3MWR9PV"));
    assert_false(reply_key_equal("8Y6VE3MWR9PT", "0Y6VE3MWR9PT"));
    assert_false(reply_key_equal("8Y6VE3MWR9PT", "8Y6VE3MWR9P"));
    assert_false(reply_key_equal("", "8Y6VE3MWR9PT"));
    assert_false(reply_key_equal("", ""));
}

/* ---- Message-IDs, addresses, subjects ---------------------------------------------------------
 */

static void test_message_id(void **state)
{
    struct buf id = BUF_INIT;
    struct buf again = BUF_INIT;
    struct house_mark mark;

    (void)state;
    house_message_id(&id, &key, "NSGJCGRAM0", "ack:4F7K2Q9XTB:x", SPAN("customer@example.org"),
                     "lumiere.example");
    assert_string_equal(buf_cstring(&id), "NSGJCGRAM0.5REAV399.8Y6VE3MWR9PT@lumiere.example");
    house_message_id(&again, &key, "NSGJCGRAM0", "ack:4F7K2Q9XTB:x", SPAN("CUSTOMER@example.org"),
                     "lumiere.example");
    assert_string_equal(buf_cstring(&id), buf_cstring(&again));
    assert_true(house_message_id_read(buf_view(&id), &mark));
    assert_string_equal(mark.case_id, "NSGJCGRAM0");
    assert_string_equal(mark.hash, "5REAV399");
    assert_string_equal(mark.key, "8Y6VE3MWR9PT");
    assert_true(
        house_message_id_read(SPAN(" <nsgjcgramo.5reav399.8y6ve3mwr9pt@LUMIERE.example> "), &mark));
    assert_string_equal(mark.case_id, "NSGJCGRAM0");
    assert_string_equal(mark.key, "8Y6VE3MWR9PT");
    buf_release(&id);
    buf_release(&again);
}

static void test_message_id_of_others(void **state)
{
    const struct span others[] = {
        {NULL, 0},
        SPAN(""),
        SPAN("<>"),
        SPAN("<@>"),
        SPAN("<CAF+abc.def@mail.gmail.com>"),
        SPAN("<NSGJCGRAM0.5REAV399.8Y6VE3MWR9PT>"),
        SPAN("<NSGJCGRAM0.5REAV399@lumiere.example>"),
        SPAN("<NSGJCGRAM0.8Y6VE3MWR9PT@lumiere.example>"),
        SPAN("<NSGJCGRAM1.5REAV399.8Y6VE3MWR9PT@lumiere.example>"), /* wrong check character */
        SPAN("<NSGJCGRAM0-5REAV399.8Y6VE3MWR9PT@lumiere.example>"),
        SPAN("<NSGJCGRAM0.5REAV399-8Y6VE3MWR9PT@lumiere.example>"),
        SPAN("<NSGJCGRAM0.5REAV39U.8Y6VE3MWR9PT@lumiere.example>"),
        SPAN("<NSGJCGRAM0.5REAV399.8Y6VE3MWR9P*@lumiere.example>"),
        SPAN("<NSGJCGRAM0.5REAV399.8Y6VE3MWR9PTX@lumiere.example>"),
        SPAN("<xNSGJCGRAM0.5REAV399.8Y6VE3MWR9PT@lumiere.example>"),
    };
    struct house_mark mark;

    (void)state;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (house_message_id_read(others[i], &mark))
            fail_msg("taken for ours: %s", others[i].octets);
}

static void test_reply_address(void **state)
{
    struct buf address = BUF_INIT;
    struct house_mark mark;

    (void)state;
    house_reply_address(&address, &key, "NSGJCGRAM0", SPAN("customer@example.org"),
                        "service@lumiere.example");
    assert_string_equal(buf_cstring(&address), "service+NSGJCGRAM0.8Y6VE3MWR9PT@lumiere.example");
    assert_true(house_reply_address_read(buf_view(&address), &mark));
    assert_string_equal(mark.case_id, "NSGJCGRAM0");
    assert_string_equal(mark.hash, "");
    assert_string_equal(mark.key, "8Y6VE3MWR9PT");
    /* Mail systems write addresses in lower case, and a name may have a `+` of its own. */
    assert_true(
        house_reply_address_read(SPAN("a+b+nsgjcgram0.8y6ve3mwr9pt@lumiere.example"), &mark));
    assert_string_equal(mark.key, "8Y6VE3MWR9PT");
    assert_false(house_reply_address_read((struct span){NULL, 0}, &mark));
    assert_false(house_reply_address_read(SPAN("service@lumiere.example"), &mark));
    assert_false(house_reply_address_read(SPAN("service+news@lumiere.example"), &mark));
    assert_false(house_reply_address_read(SPAN("service+NSGJCGRAM0.8Y6VE3MWR9PT"), &mark));
    assert_false(house_reply_address_read(SPAN("NSGJCGRAM0.8Y6VE3MWR9PT@l.example"), &mark));
    assert_false(house_reply_address_read(SPAN("s+NSGJCGRAM1.8Y6VE3MWR9PT@l.example"), &mark));
    assert_false(house_reply_address_read(SPAN("s@l.example+NSGJCGRAM0.8Y6VE3MWR9PT"), &mark));
    buf_release(&address);
}

static void test_subject_tag(void **state)
{
    char id[CASE_ID_SIZE];

    (void)state;
    assert_true(house_subject_tag(SPAN("[#NSGJCGRAM0]"), id));
    assert_string_equal(id, "NSGJCGRAM0");
    assert_true(house_subject_tag(SPAN("Re: [x] Votre demande [#8qn98757zk] (suite)"), id));
    assert_string_equal(id, "8QN98757ZK");
    /* The first right one; wrong ones before it do not hide it. */
    assert_true(house_subject_tag(SPAN("[#NSGJCGRAM1][#[#NSGJCGRAM0] [#8QN98757ZK]"), id));
    assert_string_equal(id, "NSGJCGRAM0");
    assert_false(house_subject_tag((struct span){NULL, 0}, id));
    assert_false(house_subject_tag(SPAN("[#NSGJCGRAM0"), id));
    assert_false(house_subject_tag(SPAN("#NSGJCGRAM0]"), id));
    assert_false(house_subject_tag(SPAN("[#NSGJCGRAM1]"), id));
    assert_false(house_subject_tag(SPAN("[# NSGJCGRAM0]"), id));
    assert_false(house_subject_tag(SPAN("[NSGJCGRAM0]"), id));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_digests),
        cmocka_unit_test(test_copy_digest),
        cmocka_unit_test(test_copy_digest_property),
        cmocka_unit_test_setup_teardown(test_key_load, set_up_key, tear_down_key),
        cmocka_unit_test(test_case_id),
        cmocka_unit_test(test_case_id_spellings),
        cmocka_unit_test(test_check_character_exhaustively),
        cmocka_unit_test(test_check_character_on_ids),
        cmocka_unit_test(test_case_ids_differ),
        cmocka_unit_test(test_reply_key),
        cmocka_unit_test(test_reply_key_equal),
        cmocka_unit_test(test_message_id),
        cmocka_unit_test(test_message_id_of_others),
        cmocka_unit_test(test_reply_address),
        cmocka_unit_test(test_subject_tag),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
