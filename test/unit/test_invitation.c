/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "invitation.h"

/* WANTED NULL: there is no event. */
static void says(const char *calendar, const char *wanted)
{
    struct buf out = BUF_INIT;

    assert_int_equal(invitation_to_text(&out, span_of(calendar)), wanted != NULL);
    assert_string_equal(buf_cstring(&out), wanted != NULL ? wanted : "");
    buf_release(&out);
}

#define BEGIN(method) "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:" method "\r\n"
#define END "END:VEVENT\r\nEND:VCALENDAR\r\n"

static void methods(void **state)
{
    (void)state;
    says(BEGIN("REQUEST") "BEGIN:VTIMEZONE\r\nTZID:Europe/"
                          "Paris\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\n"
                          "END:STANDARD\r\nEND:VTIMEZONE\r\n"
                          "BEGIN:VEVENT\r\nDTSTART;TZID=Europe/Paris:20261124T090000\r\n"
                          "DTEND;TZID=Europe/Paris:20261124T100000\r\nSUMMARY:Visite du toit\\, "
                          "devis\r\n"
                          "LOCATION:12 rue Haute\\nLyon\r\nORGANIZER;CN=\"Petit; "
                          "Jeanne\":mailto:j@p.example\r\n"
                          "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:x@y.example\r\n" END,
         "Invitation: Visite du toit, devis; 2026-11-24 09:00-10:00 (Europe/Paris); "
         "12 rue Haute Lyon; Petit; Jeanne\n");
    says(BEGIN("REPLY") "BEGIN:VEVENT\r\nDTSTART:20261124T080000Z\r\nSUMMARY:Call\r\n"
                        "ORGANIZER:mailto:us@p.example\r\n"
                        "ATTENDEE;PARTSTAT=DECLINED:MAILTO:x@y.example\r\n" END,
         "Declined: Call; 2026-11-24 08:00 (UTC); x@y.example\n");
    says(BEGIN("CANCEL") "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261124\r\nSUMMARY:Fair\r\n" END,
         "Cancelled: Fair; 2026-11-24\n");
    says(BEGIN("REPLY") "BEGIN:VEVENT\r\nATTENDEE:mailto:x@y.example\r\n" END,
         "Reply:; x@y.example\n");
    says("BEGIN:VEVENT\nSTATUS:CANCELLED\nSUMMARY:Fair\nEND:VEVENT\n", "Cancelled: Fair\n");
    says("BEGIN:VTODO\nSUMMARY:Pay\nDUE;VALUE=DATE:20261201\nEND:VTODO\n", "Event: Pay\n");
}

static void times(void **state)
{
    (void)state;
    says("BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261124\nDTEND;VALUE=DATE:20261127\nEND:VEVENT\n",
         "Event: 2026-11-24 to 2026-11-26\n");
    says("BEGIN:VEVENT\nDTSTART:20261124T230000\nDTEND:20261125T010000\nEND:VEVENT\n",
         "Event: 2026-11-24 23:00 to 2026-11-25 01:00\n");
    says("BEGIN:VEVENT\nDTSTART:20261124T090000\nDURATION:PT90M\nRRULE:FREQ=WEEKLY\nEND:VEVENT\n",
         "Event: 2026-11-24 09:00-10:30, repeated\n");
    /* no such times */
    says("BEGIN:VEVENT\nDTSTART:20261324T090000\nSUMMARY:a\nEND:VEVENT\n", "Event: a\n");
    says("BEGIN:VEVENT\nDTSTART:soon\nSUMMARY:a\nEND:VEVENT\n", "Event: a\n");
    says("BEGIN:VEVENT\nDTSTART:20261124T250000\nSUMMARY:a\nEND:VEVENT\n", "Event: a\n");
    says("BEGIN:VEVENT\nDTSTART:20261124T090000\nDTEND:20261124T080000\nEND:VEVENT\n",
         "Event: 2026-11-24 09:00\n");
}

static void forms(void **state)
{
    (void)state;
    says("BEGIN:VEVENT\r\nSUM\r\n MARY:A long\r\n\t title\r\nEND:VEVENT\r\n",
         "Event: A long title\n");
    /* an alarm's own fields are not the event's; the second event is not looked at */
    says("BEGIN:VEVENT\nBEGIN:VALARM\nSUMMARY:Ring\nEND:VALARM\nSUMMARY:One\nEND:VEVENT\n"
         "BEGIN:VEVENT\nSUMMARY:Two\nEND:VEVENT\n",
         "Event: One\n");
    says("BEGIN:VEVENT\nSUMMARY:no end", "Event: no end\n");
    says("begin:vevent\nsummary;language=en:low\nend:vevent\n", "Event: low\n");
    says("BEGIN:VCALENDAR\nEND:VCALENDAR\n", NULL);
    says("Hello\n", NULL);
    says("", NULL);
    says("BEGIN:VEVENT\nSUMMARY:\x01tab\tand \\\\ \\; \\\nEND:VEVENT\n", "Event: taband \\ ; \\\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(methods), cmocka_unit_test(times),
                                       cmocka_unit_test(forms)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
