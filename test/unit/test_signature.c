/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who signs, and what programs and lawyers add: what goes, and what must stay. */
#include "signature.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "text.h"

struct row {
    const char *body;
    const char *text;
};

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct arena arena = ARENA_INIT;
        struct span got = text_new(&arena, span_of(rows[i].body), NULL);

        if (!span_equal(got, span_of(rows[i].text)))
            print_error("%s\n---- gave:\n%.*s\n", rows[i].body, (int)got.length,
                        got.length > 0 ? got.octets : "");
        assert_true(span_equal(got, span_of(rows[i].text)));
        arena_release(&arena);
    }
}

#define CHECK(rows) check_rows(rows, sizeof(rows) / sizeof((rows)[0]))

static void test_signed(void **state)
{
    static const struct row rows[] = {
        {"Je résilie.\n\nDans l'attente de votre réponse, je vous prie d'agréer, Monsieur, mes\n"
         "salutations.\n\nThérèse Vasseur\n8 impasse du Moulin\n59300 Valenciennes\n",
         "Je résilie.\n\nDans l'attente de votre réponse, je vous prie d'agréer, Monsieur, mes\n"
         "salutations."},
        {"Je résilie.\n\nBien à vous\nAnne Delorme\nAvocate au barreau de Nantes\n",
         "Je résilie.\n\nBien à vous"},
        {"Dziękuję za pomoc przy umowie.\n\nZ poważaniem\nEwa Maj\n",
         "Dziękuję za pomoc przy umowie.\n\nZ poważaniem"},
        {"It broke.\n\nJo Lee\nSales manager\n\nAcme Ltd\n1 High Street\nTel. 020 7946 0018\n",
         "It broke."},
        {"No funciona.\n\nGracias y un saludo\nLuis\n", "No funciona.\n\nGracias y un saludo"},
        {"Nog niets.\n\nMet vriendelijke groet,\nJan\nVerstuurd vanuit Mail voor Windows\n",
         "Nog niets.\n\nMet vriendelijke groet,"},
        {"It broke.\n\n-Jo\nhttps://jo.example/\n", "It broke."},
        {"It broke.\n\nRegards\nJo\n\nPS: I want the money back.",
         "It broke.\n\nRegards\nPS: I want the money back."},
    };

    (void)state;
    CHECK(rows);
}

static void test_stays(void **state)
{
    static const struct row rows[] = {
        {"My new address is:\n\nJo Lee\n1 High Street\nTel. 020 7946 0018",
         "My new address is:\n\nJo Lee\n1 High Street\nTel. 020 7946 0018"},
        {"I moved.\n\nRegards\nNew address: 1 High Street, Otley",
         "I moved.\n\nRegards\nNew address: 1 High Street, Otley"},
        {"It broke.\n\nHave a nice day,\n-Dave\n\nAnyone there?\n\nhttps://dave.example/",
         "It broke.\n\nHave a nice day,\n-Dave\n\nAnyone there?\n\nhttps://dave.example/"},
        {"Best would be to send it by post.", "Best would be to send it by post."},
        {"Recevez ce document comme demandé par courrier.\nMarie",
         "Recevez ce document comme demandé par courrier.\nMarie"},
    };

    (void)state;
    CHECK(rows);
}

static void test_footers(void **state)
{
    static const struct row rows[] = {
        {"Dobrze.\n\nPobierz aplikację Outlook dla systemu Android\n", "Dobrze."},
        {"Va bene.\n\nInviato dal mio dispositivo Samsung Galaxy\n", "Va bene."},
        {"Ja.\n\n-- \nDiese E-Mail wurde von Avast-Antivirussoftware auf Viren geprüft.\n", "Ja."},
        {"Fine.\n\n<<memo to Buy.doc>>\n", "Fine."},
        {"Sim.\n\nEsta mensagem e os seus anexos são confidenciais e destinam-se ao "
         "destinatário.\n",
         "Sim."},
        {"The form is lost.\nSent from my phone it does not open.",
         "The form is lost.\nSent from my phone it does not open."},
        {"Outlook für Android geht nicht.", "Outlook für Android geht nicht."},
    };

    (void)state;
    CHECK(rows);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signed),
        cmocka_unit_test(test_stays),
        cmocka_unit_test(test_footers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
