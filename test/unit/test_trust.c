/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trust.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const brand_addresses[] = {"help@brightshop.example",
                                              "orders@brightshop.example"};
static const struct config_brand brands[] = {{.id = "brightshop",
                                              .name = "Brightshop",
                                              .from = "help@brightshop.example",
                                              .addresses = brand_addresses,
                                              .address_count = 2}};
static const struct config_agent agents[] = {{.address = "*@rabat-desk.example", .site = "rabat"}};
static const char *const hosts[] = {"mx.brightshop.example", "in.brightshop.example"};
static const struct config plain = {.authserv = "mx.brightshop.example",
                                    .brands = brands,
                                    .brand_count = 1,
                                    .agents = agents,
                                    .agent_count = 1};

/* What trust_read makes of HEADER: `spf,dkim,dmarc[,arc=…][,aligned][,reply-to[-domain]][,name]`.
 */
static void expect(const struct config *config, const char *text, const char *expected)
{
    static const struct limits limits = LIMITS_DEFAULT;
    struct arena arena = ARENA_INIT;
    struct address_list list = {NULL, 0, 0};
    const struct header_field *from;
    struct buf out = BUF_INIT;
    struct header header;
    struct trust trust;
    struct span body;
    unsigned hit = 0;

    header_read(&arena, span_of(text), &limits, &header, &body, &hit);
    from = header_last(&header, "From");
    if (from != NULL)
        header_addresses(&arena, from->value, &list);
    trust_read(&arena, config, header.octets, &header, list.count > 0 ? &list.items[0] : NULL,
               &trust);
    buf_format(&out, "%s,%s,%s%s%s%s%s%s%s", trust.spf != NULL ? trust.spf : "",
               trust.dkim != NULL ? trust.dkim : "", trust.dmarc != NULL ? trust.dmarc : "",
               trust.arc != NULL ? ",arc=" : "", trust.arc != NULL ? trust.arc : "",
               trust.aligned ? ",aligned" : "", trust.reply_to_differs ? ",reply-to" : "",
               trust.reply_to_domain ? "-domain" : "", trust.display_name ? ",name" : "");
    if (strcmp(buf_cstring(&out), expected) != 0)
        fail_msg("%s gave %s, not %s", text, buf_cstring(&out), expected);
    assert_int_equal(trust_is_empty(&trust), strcmp(expected, ",,") == 0);
    buf_release(&out);
    arena_release(&arena);
}

#define FROM "From: Ann <ann@x.example>\n"
#define OURS "Authentication-Results: mx.brightshop.example"

static void test_results(void **state)
{
    (void)state;
    expect(&plain,
           OURS ";\n spf=pass smtp.mailfrom=ann@x.example;\n dkim=pass (2048 bit; key) "
                "header.d=x.example header.s=s1;\n dmarc=pass header.from=x.example\n" FROM,
           "pass,pass,pass,aligned");
    expect(&plain, OURS " 1; SPF = Fail smtp.mailfrom=\"x.example\"; dkim=none\n" FROM,
           "fail,none,");
    expect(&plain, OURS "; none\n" FROM, ",,");
    expect(&plain, OURS "; dkim/1=pass reason=\"good; key\" header.i=@mail.x.example\n" FROM,
           ",pass,,aligned");
    expect(&plain, "Authentication-Results: \"mx.brightshop.example\"; spf=softfail\n" FROM,
           "softfail,,");
    expect(&plain, "Authentication-Results: (c;) mx.brightshop.example (d); spf=neutral\n" FROM,
           "neutral,,");
    /* two servers of ours, one run */
    expect(&plain, OURS "; spf=none\n" OURS "; dkim=fail header.d=x.example\n" FROM, "none,fail,");
    /* of two that tell the same, the upper is nearer to us: the lower may be a stranger's */
    expect(&plain, OURS "; dkim=fail\n" OURS "; dkim=pass header.d=x.example; spf=pass\n" FROM,
           "pass,fail,");
    /* another version of field or method may mean anything */
    expect(&plain, OURS " 2; spf=pass\n" FROM, ",,");
    expect(&plain, OURS "; spf/2=pass; dkim/1=pass\n" FROM, ",pass,");
    /* blanks and comments everywhere */
    expect(&plain,
           "Authentication-Results: (a) mx.brightshop.example (b) 1 (c) ; (d) dkim (e) / (f) 1 = "
           "(g) pass (h;) reason (i) = (j) \"x; spf=pass\" header (k) . (l) d = x.example\n" FROM,
           ",pass,,aligned");
    expect(&plain, OURS "; spf=pass smtp.mailfrom=bounce+1=ann=y@x.example\n" FROM,
           "pass,,,aligned");
    expect(&plain, OURS ";; spf = none ; ;\n" FROM, "none,,");
    expect(&plain, OURS "; spf=pass (never closed; dkim=pass\n" FROM, "pass,,");
    expect(&plain, OURS "; iprev=pass; x-tls=pass; auth=pass; dmarc=none\n" FROM, ",,none");
    expect(&plain, OURS "; spf=\n" FROM, ",,");
    expect(&plain, OURS "; spf=pa55\n" FROM, ",,");
}

/* A pass for another domain than that of From vouches for nobody. */
static void test_alignment(void **state)
{
    (void)state;
    expect(&plain,
           OURS "; dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=e@evil.example\n" FROM,
           "pass,pass,");
    expect(&plain, OURS "; dkim=pass header.d=evil.example; dkim=pass header.d=x.example\n" FROM,
           ",pass,,aligned");
    expect(&plain, OURS "; dkim=fail header.d=x.example; dkim=pass header.d=x.example\n" FROM,
           ",pass,,aligned");
    expect(&plain, OURS "; dkim=pass header.d=notx.example\n" FROM, ",pass,");
    expect(&plain, OURS "; dkim=pass header.d=example\n" FROM, ",pass,");
    expect(&plain, OURS "; dkim=pass\n" FROM, ",pass,");
    /* each method vouches only for what it looked at */
    expect(&plain, OURS "; spf=pass header.from=x.example smtp.helo=x.example\n" FROM, "pass,,");
    expect(&plain, OURS "; spf=pass header.d=x.example smtp.mailfrom=a@y.example\n" FROM, "pass,,");
    expect(&plain, OURS "; dkim=pass header.d=y.example header.i=@x.example\n" FROM, ",pass,");
    expect(&plain, OURS "; dmarc=pass header.from=x.example\n" FROM, ",,pass,aligned");
    expect(&plain, OURS "; arc=pass header.d=x.example\n" FROM, ",,,arc=pass");
}

/* A sender's local part is his: what he writes into it is no result. */
static void test_injected(void **state)
{
    (void)state;
    expect(&plain,
           OURS "; spf=pass smtp.mailfrom=\"a; dmarc=pass header.from=x.example\"@y.example\n" FROM,
           "pass,,");
    expect(&plain,
           OURS
           "; spf=pass smtp.mailfrom=\"a\\\"; dmarc=pass header.from=x.example; b=\\\"\"@y.example"
           "\n" FROM,
           "pass,,");
    expect(&plain, OURS "; spf=pass smtp.mailfrom=\"ann@x.example\"@y.example\n" FROM, "pass,,");
    expect(
        &plain,
        OURS
        "; spf=fail reason=\"\\\" dkim=pass header.d=x.example\" smtp.mailfrom=a@y.example\n" FROM,
        "fail,,");
    expect(&plain, OURS "; spf=pass (\\); dkim=pass) smtp.mailfrom=a@y.example\n" FROM, "pass,,");
}

/* ARC is noted, and vouches for nobody. */
static void test_arc(void **state)
{
    (void)state;
    expect(&plain, OURS "; arc=pass (i=1 spf=pass); dmarc=fail\nARC-Seal: i=1; cv=none\n" FROM,
           ",,fail,arc=pass");
    expect(&plain, OURS "; arc=none\n" FROM, ",,,arc=none");
    expect(&plain,
           "ARC-Seal: i=1; cv=none\nARC-Authentication-Results: i=1; "
           "mx.brightshop.example; spf=pass smtp.mailfrom=x.example\n" FROM,
           ",,,arc=unchecked");
}

static void test_forged(void **state)
{
    static const struct config trusted = {
        .authserv = "mx.brightshop.example", .trusted_hosts = hosts, .trusted_host_count = 2};
    static const struct config unknown = {.authserv = NULL};

    (void)state;
    expect(&plain, "Authentication-Results: evil.example; spf=pass smtp.mailfrom=x.example\n" FROM,
           ",,");
    expect(&plain, OURS ".evil.example; spf=pass smtp.mailfrom=x.example\n" FROM, ",,");
    /* ours says fail; what stands below the next Received field is the sender's */
    expect(&plain,
           OURS "; spf=fail\nReceived: from x by mx.brightshop.example; d\n" OURS
                "; spf=pass smtp.mailfrom=x.example\n" FROM,
           "fail,,");
    /* hosts of ours that passed it on stand above */
    expect(&trusted,
           "Received: from mx by in.brightshop.example; d\n" OURS
           "; spf=fail\nReceived: from x by mx.brightshop.example; d\n" FROM,
           "fail,,");
    expect(
        &trusted,
        "Received: from a by in.brightshop.example; d\nReceived: from a by evil.example; d\n" OURS
        "; spf=pass smtp.mailfrom=x.example\n" FROM,
        ",,");
    expect(&unknown, OURS "; spf=pass\n" FROM, ",,");
}

static void test_warnings(void **state)
{
    (void)state;
    expect(&plain, FROM "Reply-To: ann@y.example\n", ",,,reply-to-domain");
    expect(&plain, FROM "Reply-To: ann@mail.x.example\n", ",,,reply-to");
    expect(&plain, FROM "Reply-To: bob@x.example\n", ",,,reply-to");
    expect(&plain, FROM "Reply-To: Somebody <ANN@X.example>\n", ",,");
    expect(&plain, FROM "Reply-To: ann@x.example, bob@y.example\n", ",,,reply-to-domain");
    expect(&plain, FROM "Reply-To: nobody\n", ",,,reply-to-domain");
    expect(&plain, FROM "Reply-To:\n", ",,");
    expect(&plain, "Reply-To: ann@y.example\n", ",,");
    expect(&plain, "From: BRIGHTSHOP Service <ann@y.example>\n", ",,,name");
    expect(&plain, "From: \"help@brightshop.example\" <ann@y.example>\n", ",,,name");
    expect(&plain, "From: =?utf-8?q?Br=C3=AEghtshop?= <ann@y.example>\n", ",,,name");
    /* as it looks, not as it is written */
    expect(&plain, "From: B r i g h t - S h o p <ann@y.example>\n", ",,,name");
    expect(&plain, "From: =?utf-8?q?Br=D1=96ghtsh=D0=BEp?= <ann@y.example>\n", ",,,name");
    expect(&plain, "From: The Br1ghtsh0p team <ann@y.example>\n", ",,,name");
    expect(&plain, "From: =?utf-8?q?Bright=E2=80=8Bshop?= <ann@y.example>\n", ",,,name");
    expect(&plain, "From: Ann Brightman <ann@y.example>\n", ",,");
    expect(&plain, "From: Brightshop <orders@brightshop.example>\n", ",,");
    expect(&plain, "From: Brightshop <ann@mail.brightshop.example>\n", ",,");
    expect(&plain, "From: Brightshop <salma@rabat-desk.example>\n", ",,");
    expect(&plain, "From: Ann <brightshop@y.example>\n", ",,");
}

static void test_same_domain(void **state)
{
    (void)state;
    assert_true(trust_same_domain(SPAN("x.example"), SPAN("X.EXAMPLE")));
    assert_true(trust_same_domain(SPAN("x.example"), SPAN("a.x.example")));
    assert_true(trust_same_domain(SPAN("a.x.example"), SPAN("x.example")));
    assert_false(trust_same_domain(SPAN("a.x.example"), SPAN("b.x.example")));
    assert_false(trust_same_domain(SPAN("ax.example"), SPAN("x.example")));
    assert_false(trust_same_domain(SPAN("example"), SPAN("x.example")));
    assert_false(trust_same_domain(SPAN(""), SPAN("x.example")));
    assert_false(trust_same_domain(SPAN(""), SPAN("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_results),     cmocka_unit_test(test_alignment),
        cmocka_unit_test(test_forged),      cmocka_unit_test(test_warnings),
        cmocka_unit_test(test_same_domain), cmocka_unit_test(test_injected),
        cmocka_unit_test(test_arc),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
