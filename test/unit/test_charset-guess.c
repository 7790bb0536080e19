/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <iconv.h>

#include "charset-guess.h"
#include "charset.h"

/* What customers write, in the set in which their programs may send it without saying so. */
static const struct {
    const char *set, *text;
} samples[] = {
    {"WINDOWS-1252", "Bonjour, ma commande n’est toujours pas arrivée. Où en êtes-vous ?"},
    {"WINDOWS-1252", "Très déçu de la qualité, je souhaite être remboursé."},
    {"WINDOWS-1252", "Können Sie mir bitte sagen, wann die Lieferung kommt? Grüße aus Köln"},
    {"WINDOWS-1252",
     "¿Cuándo llegará mi pedido? Todavía no he recibido la confirmación del envío."},
    {"WINDOWS-1252", "Olá, não recebi a fatura deste mês. Podem enviar outra vez?"},
    {"WINDOWS-1252", "Buongiorno, non è ancora arrivato il pacco, così non si può più aspettare."},
    {"WINDOWS-1252",
     "Hej, jag har inte fått mitt paket ännu. När kommer det? Hälsningar från Malmö"},
    {"WINDOWS-1252", "Das kostet 25 € zu viel – bitte prüfen Sie die Rechnung."},
    {"WINDOWS-1252", "Café"},
    {"MACINTOSH",
     "Bonjour, je n’ai pas reçu ma commande passée le mois dernier, c’est très gênant."},
    {"WINDOWS-1250", "Dzień dobry, nie otrzymałem jeszcze mojej paczki. Proszę o zwrot pieniędzy."},
    {"ISO-8859-2", "Dzień dobry, nie otrzymałem jeszcze mojej paczki. Proszę o zwrot pieniędzy."},
    {"WINDOWS-1250", "Dobrý den, ještě jsem nedostal zboží. Kdy přijde? Děkuji, Jiří"},
    {"ISO-8859-2", "Dobrý den, ještě jsem nedostal zboží. Kdy přijde? Děkuji, Jiří"},
    {"ISO-8859-2", "Tisztelt Ügyfélszolgálat! A csomagom még nem érkezett meg, kérem a "
                   "visszatérítést. Köszönettel, Győző"},
    {"ISO-8859-2", "Bună ziua, nu am primit încă factura, vă rog să o trimiteţi din nou."},
    {"WINDOWS-1250",
     "Poštovani, još nisam primio narudžbu. Možete li provjeriti gdje se nalazi pošiljka?"},
    {"WINDOWS-1251", "Здравствуйте, мой заказ до сих пор не пришёл. Верните деньги."},
    {"KOI8-R", "Здравствуйте, мой заказ до сих пор не пришёл. Верните деньги."},
    {"KOI8-R", "Где мой заказ?"},
    {"WINDOWS-1251", "Где мой заказ?"},
    {"KOI8-R", "да нет"},
    {"ISO-8859-5", "Здравствуйте, мой заказ до сих пор не пришёл."},
    {"IBM866", "Здравствуйте, мой заказ до сих пор не пришёл."},
    {"KOI8-U", "Доброго дня, моє замовлення ще не прийшло. Коли його доставлять?"},
    {"WINDOWS-1251", "Доброго дня, моє замовлення ще не прийшло. Коли його доставлять?"},
    {"WINDOWS-1251", "Здравейте, поръчката ми още не е пристигнала. Кога ще я получа?"},
    {"WINDOWS-1253", "Καλημέρα σας, δεν έχω λάβει ακόμα την παραγγελία μου."},
    {"ISO-8859-7", "Καλημέρα σας, δεν έχω λάβει ακόμα την παραγγελία μου."},
    {"WINDOWS-1254",
     "Merhaba, siparişim hâlâ gelmedi. Lütfen paramı iade eder misiniz? Teşekkür ederim."},
    {"WINDOWS-1255", "שלום, ההזמנה שלי עדיין לא הגיעה. מתי היא תגיע?"},
    {"WINDOWS-1256", "مرحبا، لم يصل طلبي حتى الآن. متى سيتم التسليم؟"},
    {"WINDOWS-1257",
     "Laba diena, dar negavau savo užsakymo. Kada jis bus pristatytas? Ačiū už pagalbą"},
    {"GB18030", "你好，我的订单还没有收到，请帮我查一下。"},
    {"GB18030", "你好"},
    {"GB18030", "手机号码和收货地址都填错了"},
    {"BIG5", "您好，我的訂單還沒有收到，請幫我查詢一下。"},
    {"BIG5", "請問什麼時候發貨？謝謝"},
    {"CP932", "注文した商品がまだ届いていません。いつ届きますか。"},
    {"CP932", "ﾃｽﾄです。返金してください。"},
    {"EUC-JP-MS", "注文した商品がまだ届いていません。いつ届きますか。"},
    {"CP949", "안녕하세요. 주문한 상품이 아직 도착하지 않았습니다. 언제 배송되나요?"},
    {"CP949", "환불 부탁드립니다."},
    {"ISO-2022-JP", "注文した商品がまだ届いていません。"},
    {"UTF-16LE", "Bonjour, où est ma commande ?"},
    {"UTF-16BE", "Bonjour, où est ma commande ?"},
    {"UTF-16", "Bonjour, où est ma commande ?"},
    {"UTF-32", "Bonjour, où est ma commande ?"},
    {"CP874", "สวัสดีครับ สินค้ายังไม่มาถึง ขอเงินคืนด้วยครับ"},
};

static void encode(struct buf *out, const char *set, const char *text)
{
    iconv_t handle = iconv_open(set, "UTF-8");
    char *in = (char *)text; /* iconv only reads */
    size_t left = strlen(text);
    size_t room = left * 4 + 16;
    char *to = buf_reserve(out, room);
    char *begin = to;

    assert_true(handle != (iconv_t)-1);
    assert_true(iconv(handle, &in, &left, &to, &room) != (size_t)-1);
    assert_true(iconv(handle, NULL, NULL, &to, &room) != (size_t)-1);
    out->length += (size_t)(to - begin);
    assert_int_equal(iconv_close(handle), 0);
}

static void customers_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
        struct buf octets = BUF_INIT;
        struct buf text = BUF_INIT;
        struct span made;

        encode(&octets, samples[i].set, samples[i].text);
        assert_true(charset_decode(&text, buf_view(&octets), SPAN("")));
        made = buf_view(&text);
        if (span_begins(made, SPAN("\xef\xbb\xbf")))
            made = (struct span){made.octets + 3, made.length - 3};
        if (!span_equal(made, span_of(samples[i].text)))
            fail_msg("%s: %s: %.*s", samples[i].set, samples[i].text, (int)made.length,
                     made.octets);
        buf_release(&octets);
        buf_release(&text);
    }
}

static void guess_is(struct span octets, const char *wanted)
{
    assert_string_equal(charset_guess_eight_bit(octets).name, wanted);
}

/* A few signs between ASCII tell nothing, and stay Western. */
static void little_evidence(void **state)
{
    (void)state;
    guess_is(SPAN("\xa3"
                  "20"),
             "WINDOWS-1252");
    guess_is(SPAN("5 \xd7 3"), "WINDOWS-1252");
    guess_is(SPAN("\xa9 2002"), "WINDOWS-1252");
    guess_is(SPAN("\x85"), "WINDOWS-1252");
    guess_is(SPAN("it\x92s what we don\x92t, can\x92t and won\x92t say"), "WINDOWS-1252");
    guess_is(SPAN("don\xb4t"), "WINDOWS-1252");
    guess_is(SPAN("a\xa0 \xa0 \xa0 \xa0 \xa0 \xa0 b"), "WINDOWS-1252");
    guess_is(SPAN("\xb7\xb7\xb7\xb7\xb7\xb7"), "WINDOWS-1252");
    guess_is(SPAN("\x93quoted\x94 \x96 and \x80 5"), "WINDOWS-1252");
    guess_is(SPAN("Jos\xe9"), "WINDOWS-1252");
    guess_is(SPAN("one\x97two\x97three, a\x85"
                  "b\x85"
                  "c, \x93you\x94 and\xa0me"),
             "WINDOWS-1252");
    guess_is(SPAN("49\xa2 ea."), "WINDOWS-1252");
    guess_is(SPAN("M\xdcNCHEN GR\xd6SSE"), "WINDOWS-1252");
}

static void marked_sets(void **state)
{
    (void)state;
    assert_string_equal(charset_guess_marked(SPAN("\xff\xfe"
                                                  "a\0")),
                        "UTF-16");
    assert_string_equal(charset_guess_marked(SPAN("\xfe\xff\0a")), "UTF-16");
    assert_string_equal(charset_guess_marked(SPAN("\xff\xfe\0\0a\0\0\0")), "UTF-32");
    assert_string_equal(charset_guess_marked(SPAN("a\0b\0c\0")), "UTF-16LE");
    assert_string_equal(charset_guess_marked(SPAN("\0a\0b\0c")), "UTF-16BE");
    assert_string_equal(charset_guess_marked(SPAN("\x1b$BF|\x1b(B")), "ISO-2022-JP");
    assert_string_equal(charset_guess_marked(SPAN("\x1b$)C\x0e!!\x0f")), "ISO-2022-KR");
    assert_null(charset_guess_marked(SPAN("plain \x1b[1m text")));
    assert_null(charset_guess_marked(SPAN("a\0b")));
    assert_null(charset_guess_marked(SPAN("")));
}

/* Any octets give a set that the decoder knows. */
static void any_octets(void **state)
{
    char octets[400];

    (void)state;
    for (unsigned seed = 0; seed < 200; seed++) {
        struct buf out = BUF_INIT;

        for (unsigned i = 0; i < sizeof(octets); i++)
            octets[i] = (char)(i * (seed * 2 + 1) + (seed * i * i) / 7);
        charset_guess(&out, (struct span){octets, 1 + seed * 2});
        assert_true(out.length > 0);
        buf_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(customers_texts),
                                       cmocka_unit_test(little_evidence),
                                       cmocka_unit_test(marked_sets), cmocka_unit_test(any_octets)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
