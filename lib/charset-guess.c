/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "charset-guess.h"

#include <iconv.h>
#include <stdint.h>
#include <utf8proc.h>

#include "utf8.h"

#define EVIDENCE_MAX 2000 /* octets above 127 that are looked at */
#define SETS_MAX 20
#define LETTERS_MAX 40
#define FREQUENT_MAX 96
#define MARKED_MAX 4096 /* octets that are looked at for NULs */

/*
 * All costs are tenths of nats: ten times the negative natural logarithm of how probable something
 * is, roughly. Only their differences matter.
 */
enum cost {
    COST_LETTER = 8,          /* and that of its rank */
    COST_CAPITAL = 5,         /* at the beginning of a word, or behind another */
    COST_CAPITAL_INSIDE = 30, /* behind a small letter */
    COST_NEIGHBOURS = 20,     /* two letters of a Latin alphabet that ASCII has not, in a row */
    COST_MIXED = 40,          /* another alphabet's letter beside an ASCII letter */
    COST_FOREIGN_LETTER = 60,
    COST_ALONE = 45,        /* a letter without another beside it */
    COST_APOSTROPHE = 12,   /* between letters */
    COST_REPEATED_SIGN = 5, /* as before: a ruler, an indent */
    COST_USUAL_SIGN = 30,
    COST_SIGN = 70,
    COST_SIGN_INSIDE = 40, /* more, between letters */
    COST_UNDEFINED = 150,
    COST_RARE_SET = 60, /* sets that hardly any program writes any more */
    COST_OTHER_SET = 25 /* than windows-1252 */
};

/* Ten times the natural logarithm of rank + 2: Zipf's law. */
static const unsigned char rank_cost[LETTERS_MAX] = {
    7,  11, 14, 16, 18, 19, 21, 22, 23, 24, 25, 26, 26, 27, 28, 28, 29, 29, 30, 30,
    31, 31, 32, 32, 33, 33, 33, 34, 34, 34, 35, 35, 35, 36, 36, 36, 37, 37, 37, 37};

/* --- Sets of one octet a character --------------------------------------------------------------
 */

enum alphabet {
    ALPHABET_WESTERN,
    ALPHABET_CENTRAL,
    ALPHABET_CYRILLIC,
    ALPHABET_GREEK,
    ALPHABET_TURKISH,
    ALPHABET_HEBREW,
    ALPHABET_ARABIC,
    ALPHABET_BALTIC,
    ALPHABET_THAI
};

struct single_set {
    const char *name;
    enum alphabet alphabet;
    unsigned prior;
};

/* The first is what is taken when nothing tells; of two that fit alike the earlier. */
static const struct single_set single_sets[] = {
    {"WINDOWS-1252", ALPHABET_WESTERN, 0},
    {"WINDOWS-1250", ALPHABET_CENTRAL, COST_OTHER_SET},
    {"ISO-8859-2", ALPHABET_CENTRAL, COST_OTHER_SET},
    {"WINDOWS-1251", ALPHABET_CYRILLIC, COST_OTHER_SET},
    {"KOI8-U", ALPHABET_CYRILLIC, COST_OTHER_SET},
    {"ISO-8859-5", ALPHABET_CYRILLIC, COST_OTHER_SET + COST_RARE_SET},
    {"IBM866", ALPHABET_CYRILLIC, COST_OTHER_SET + COST_RARE_SET},
    {"WINDOWS-1253", ALPHABET_GREEK, COST_OTHER_SET},
    {"ISO-8859-7", ALPHABET_GREEK, COST_OTHER_SET},
    {"WINDOWS-1254", ALPHABET_TURKISH, COST_OTHER_SET},
    {"WINDOWS-1255", ALPHABET_HEBREW, COST_OTHER_SET},
    {"WINDOWS-1256", ALPHABET_ARABIC, COST_OTHER_SET},
    {"WINDOWS-1257", ALPHABET_BALTIC, COST_OTHER_SET},
    {"CP874", ALPHABET_THAI, COST_OTHER_SET},
    {"MACINTOSH", ALPHABET_WESTERN, COST_OTHER_SET + COST_RARE_SET},
    {"IBM850", ALPHABET_WESTERN, COST_OTHER_SET + COST_RARE_SET},
};

#define SINGLE_COUNT (sizeof(single_sets) / sizeof(*single_sets))

struct letters {
    enum alphabet alphabet;
    const char *small; /* those that ASCII has not, most frequent first */
};

static const struct letters languages[] = {
    {ALPHABET_WESTERN, "éèàêçôùîâûëïœæ"},    /* French */
    {ALPHABET_WESTERN, "üäößé"},             /* German */
    {ALPHABET_WESTERN, "óáíéñúüç"},          /* Spanish, Catalan */
    {ALPHABET_WESTERN, "ãçáéíóõêâúàô"},      /* Portuguese */
    {ALPHABET_WESTERN, "èàùòìéî"},           /* Italian */
    {ALPHABET_WESTERN, "äöåøæé"},            /* Swedish, Danish, Norwegian, Finnish */
    {ALPHABET_WESTERN, "íáðóéþúæöý"},        /* Icelandic */
    {ALPHABET_WESTERN, "ëéïöüèê"},           /* Dutch */
    {ALPHABET_CENTRAL, "łęążóśćźń"},         /* Polish */
    {ALPHABET_CENTRAL, "íáéěřžýčšůúťóďň"},   /* Czech */
    {ALPHABET_CENTRAL, "áíéčšžýúľôťňďäóĺŕ"}, /* Slovak */
    {ALPHABET_CENTRAL, "éáöóőíüűú"},         /* Hungarian */
    {ALPHABET_CENTRAL, "ăîâşţșț"},           /* Romanian */
    {ALPHABET_CENTRAL, "čšžćđ"},             /* Croatian, Slovene */
    {ALPHABET_CYRILLIC, "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"}, /* Russian */
    {ALPHABET_CYRILLIC, "оанивіетрслкдумпязьбгйчхцїюєшжщфґ"}, /* Ukrainian */
    {ALPHABET_CYRILLIC, "аеоинтрвслдкпмзубгчящъцйжхшфюь"},    /* Bulgarian */
    {ALPHABET_GREEK, "αοιετσνηυρπκμλςάίδόγέήωθύχώφβξζψ"},
    {ALPHABET_TURKISH, "ışğüçöİâî"},
    {ALPHABET_HEBREW, "יוהלאתרמבשנעדקחפכםטזגסצןךףץ"},
    {ALPHABET_ARABIC, "اليمنتروبعدسهفكقحجةأشصخىطذضغئزظثءإآؤ"},
    {ALPHABET_BALTIC, "ėšųžūįčąę"},   /* Lithuanian */
    {ALPHABET_BALTIC, "āīēšņūļķžčģ"}, /* Latvian */
    {ALPHABET_THAI, "านรอกเง่มย้ลวดสีตัะทปบคหแจิพชขใไโืุู์ผ"},
};

#define LANGUAGE_COUNT (sizeof(languages) / sizeof(*languages))

struct single_table {
    uint16_t character[128]; /* of octet 128 + index; 0: undefined */
    bool made;
};

static struct single_table tables[SINGLE_COUNT];

/* The characters of a set, asked of iconv once a process. */
static const struct single_table *table_of(size_t set)
{
    struct single_table *table = &tables[set];
    iconv_t handle;

    if (table->made)
        return table;
    table->made = true;
    handle = iconv_open("UTF-16LE", single_sets[set].name);
    if (handle == (iconv_t)-1)
        return table;
    for (unsigned i = 0; i < 128; i++) {
        char octet = (char)(128 + i);
        char made[4];
        char *in = &octet;
        char *to = made;
        size_t left = 1;
        size_t room = sizeof(made);

        (void)iconv(handle, NULL, NULL, NULL, NULL);
        if (iconv(handle, &in, &left, &to, &room) == 0 && to > made) {
            /* Some sets hold back what a combining mark could follow. */
            table->character[i] = (uint16_t)((unsigned char)made[0] | (unsigned char)made[1] << 8);
        } else {
            (void)iconv(handle, NULL, NULL, &to, &room);
            if (to - made == 2)
                table->character[i] =
                    (uint16_t)((unsigned char)made[0] | (unsigned char)made[1] << 8);
        }
        if (table->character[i] >= 0x80 && table->character[i] < 0xa0)
            table->character[i] = 0; /* a control: nobody writes that */
    }
    (void)iconv_close(handle);
    return table;
}

static bool is_ascii_letter(unsigned octet)
{
    octet |= 0x20;
    return octet >= 'a' && octet <= 'z';
}

/* What each octet of a set costs in one language, by itself. */
struct octet_cost {
    bool made;
    unsigned char cost[128];
    bool letter[128];
    bool capital[128];
    bool apostrophe[128];
    bool joins[128]; /* stands between words without blanks: dashes, an ellipsis */
};

/* Made once a process: a hostile mail may ask ten thousand times. */
static struct octet_cost costs_made[SINGLE_COUNT][LANGUAGE_COUNT];

static unsigned sign_cost(uint32_t character)
{
    static const uint16_t usual[] = {0xa0,   0xab,   0xbb,   0x2019, 0x2018, 0x201c, 0x201d, 0x201e,
                                     0x2013, 0x2014, 0x2026, 0x20ac, 0xb0,   0x2116, 0xbf,   0xa1,
                                     0xa7,   0x2022, 0x60c,  0x61f,  0xa9,   0xae,   0xa3,   0x2122,
                                     0xb7,   0xd7,   0xbd,   0xa2,   0xa5};

    for (size_t i = 0; i < sizeof(usual) / sizeof(*usual); i++) {
        if (usual[i] == character)
            return COST_USUAL_SIGN;
    }
    return COST_SIGN;
}

static bool is_letter_category(utf8proc_category_t category)
{
    return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LL ||
           category == UTF8PROC_CATEGORY_LO || category == UTF8PROC_CATEGORY_LT ||
           category == UTF8PROC_CATEGORY_MN;
}

/* The rank of CHARACTER in the letters of LANGUAGE; LETTERS_MAX when it has no such letter. */
static size_t letter_rank(const struct letters *language, uint32_t character)
{
    struct span rest = span_of(language->small);
    uint32_t letter;

    for (size_t rank = 0; rest.length > 0 && rank < LETTERS_MAX; rank++) {
        size_t octets = utf8_read(rest.octets, rest.length, &letter);

        if (octets == 0)
            break;
        if (letter == character)
            return rank;
        rest.octets += octets;
        rest.length -= octets;
    }
    return LETTERS_MAX;
}

static const struct octet_cost *costs_of(size_t set, size_t language_number)
{
    const struct letters *language = &languages[language_number];
    struct octet_cost *costs = &costs_made[set][language_number];
    const struct single_table *table;

    if (costs->made)
        return costs;
    costs->made = true;
    table = table_of(set);
    for (unsigned i = 0; i < 128; i++) {
        uint32_t character = table->character[i];
        utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)character);
        size_t rank;

        costs->letter[i] = character != 0 && is_letter_category(category);
        costs->capital[i] = category == UTF8PROC_CATEGORY_LU;
        costs->joins[i] =
            character == 0x2013 || character == 0x2014 || character == 0x2026 || character == 0xa0;
        costs->apostrophe[i] = character == 0x2019 || character == 0xb4;
        if (character == 0) {
            costs->cost[i] = COST_UNDEFINED;
        } else if (!costs->letter[i]) {
            costs->cost[i] = (unsigned char)sign_cost(character);
        } else {
            rank = letter_rank(language, character);
            if (rank == LETTERS_MAX)
                rank =
                    letter_rank(language, (uint32_t)utf8proc_tolower((utf8proc_int32_t)character));
            costs->cost[i] = rank == LETTERS_MAX ? COST_FOREIGN_LETTER
                                                 : (unsigned char)(COST_LETTER + rank_cost[rank]);
        }
    }
    return costs;
}

/* What the octet at AT of OCTETS, which is above 127, costs where it stands. */
static unsigned octet_cost_at(struct span octets, size_t at, const struct octet_cost *costs,
                              bool is_latin)
{
    const unsigned char *text = (const unsigned char *)octets.octets;
    unsigned index = text[at] - 128U;
    unsigned before = at > 0 ? text[at - 1] : ' ';
    unsigned after = at + 1 < octets.length ? text[at + 1] : ' ';
    bool letter_before = before < 128 ? is_ascii_letter(before) : costs->letter[before - 128];
    bool letter_after = after < 128 ? is_ascii_letter(after) : costs->letter[after - 128];
    unsigned cost = costs->cost[index];

    if (at > 1 && before == text[at] && text[at - 2] == before)
        return 0; /* a ruler or padding says nothing */
    if (!costs->letter[index]) {
        if (before == text[at])
            return COST_REPEATED_SIGN;
        if (costs->apostrophe[index] && letter_before && letter_after)
            return COST_APOSTROPHE;
        return letter_before && letter_after && !costs->joins[index] ? cost + COST_SIGN_INSIDE
                                                                     : cost;
    }
    if (!letter_before && !letter_after)
        cost += COST_ALONE;
    if (costs->capital[index]) {
        bool small_before = before < 128
                                ? before >= 'a' && before <= 'z'
                                : costs->letter[before - 128] && !costs->capital[before - 128];

        cost += small_before ? COST_CAPITAL_INSIDE : COST_CAPITAL;
    }
    if (is_latin && before >= 128 && letter_before)
        cost += COST_NEIGHBOURS;
    if (!is_latin && ((before < 128 && letter_before) || (after < 128 && letter_after)))
        cost += COST_MIXED;
    return cost;
}

/* What OCTETS cost; stops when that is BEST or more. ASCII costs the same in every set. */
static size_t single_cost(struct span octets, const struct octet_cost *costs, bool is_latin,
                          size_t best)
{
    size_t total = 0;
    size_t seen = 0;

    for (size_t at = 0; seen < EVIDENCE_MAX && total < best; at++, seen++) {
        at += utf8_ascii(octets.octets + at, octets.length - at);
        if (at == octets.length)
            break;
        total += octet_cost_at(octets, at, costs, is_latin);
    }
    return total;
}

/* --- Sets of two octets a character -------------------------------------------------------------
 */

enum {
    PAIR_FREQUENT = 45, /* on the list */
    PAIR_SIGN = 50,
    PAIR_KANA = 55,
    PAIR_USUAL = 90, /* the half of the set that was made for daily use */
    PAIR_RARE = 130,
    PAIR_SINGLE = 100, /* half-width kana */
    PAIR_BROKEN = 200, /* an octet that belongs to no pair */
    PAIR_NEVER = 0     /* not valid */
};

enum double_set { DOUBLE_GB, DOUBLE_BIG5, DOUBLE_KOREAN, DOUBLE_EUC_JP, DOUBLE_SJIS, DOUBLE_COUNT };

static const char *const double_names[DOUBLE_COUNT] = {"GB18030", "BIG5-HKSCS", "CP949",
                                                       "EUC-JP-MS", "CP932"};

#define FREQUENT_SIMPLIFIED                                                                                        \
    "的一是不了在人有我他这中大来上个国和也子时道说出会要对可你得年没那用好们" \
    "发货电话请问谢您单号订收到退款为什么天现很都给已经还能就以后件"
#define FREQUENT_TRADITIONAL                                                                                       \
    "的一是不了在人有我他這中大來上個國和也子時道說出會要對可你得年沒那用好們" \
    "發貨電話請問謝您單號訂收到退款為什麼天現很都給已經還能就以後件"
#define FREQUENT_KOREAN                                                                                            \
    "이다는을에가의하고지를한로기사은도서리시인있어니자나해아요습그대것제문안" \
    "주부수일보정세면부터까녕감"
#define FREQUENT_JAPANESE "日本年月人大中行会社事者自分場合手前後今時間何方様申上願致"

/* Frequent characters of each set's languages; kana need no list. */
static const char *const double_frequent[DOUBLE_COUNT] = {FREQUENT_SIMPLIFIED, FREQUENT_TRADITIONAL,
                                                          FREQUENT_KOREAN, FREQUENT_JAPANESE,
                                                          FREQUENT_JAPANESE};

static uint16_t frequent[DOUBLE_COUNT][FREQUENT_MAX];
static size_t frequent_count[DOUBLE_COUNT];
static bool frequent_made[DOUBLE_COUNT];

static void frequent_make(enum double_set set)
{
    struct span rest = span_of(double_frequent[set]);
    iconv_t handle;

    if (frequent_made[set])
        return;
    frequent_made[set] = true;
    handle = iconv_open(double_names[set], "UTF-8");
    if (handle == (iconv_t)-1)
        return;
    while (rest.length > 0 && frequent_count[set] < FREQUENT_MAX) {
        uint32_t character;
        size_t octets = utf8_read(rest.octets, rest.length, &character);
        char made[4];
        char *in = (char *)rest.octets; /* iconv only reads */
        char *to = made;
        size_t left = octets;
        size_t room = sizeof(made);

        if (octets == 0)
            break;
        (void)iconv(handle, NULL, NULL, NULL, NULL);
        if (iconv(handle, &in, &left, &to, &room) != (size_t)-1)
            (void)iconv(handle, NULL, NULL, &to, &room);
        if (to - made == 2)
            frequent[set][frequent_count[set]++] =
                (uint16_t)((unsigned char)made[0] << 8 | (unsigned char)made[1]);
        rest.octets += octets;
        rest.length -= octets;
    }
    (void)iconv_close(handle);
}

static bool in(unsigned octet, unsigned from, unsigned to)
{
    return octet >= from && octet <= to;
}

/* What the pair costs by its range alone; PAIR_NEVER when there is no such pair. */
static unsigned range_cost(enum double_set set, unsigned lead, unsigned trail)
{
    switch (set) {
    case DOUBLE_GB:
        if (!in(lead, 0x81, 0xfe) || !in(trail, 0x40, 0xfe) || trail == 0x7f)
            return PAIR_NEVER;
        if (trail < 0xa1)
            return PAIR_RARE;
        if (lead == 0xa1 || lead == 0xa3)
            return PAIR_SIGN;
        return in(lead, 0xb0, 0xd7) ? PAIR_USUAL : PAIR_RARE;
    case DOUBLE_BIG5:
        if (!in(lead, 0x87, 0xfe) || !(in(trail, 0x40, 0x7e) || in(trail, 0xa1, 0xfe)))
            return PAIR_NEVER;
        if (lead == 0xa1)
            return PAIR_SIGN;
        return in(lead, 0xa4, 0xc6) ? PAIR_USUAL : PAIR_RARE;
    case DOUBLE_KOREAN:
        if (!in(lead, 0x81, 0xfd) ||
            !(in(trail, 0x41, 0x5a) || in(trail, 0x61, 0x7a) || in(trail, 0x81, 0xfe)))
            return PAIR_NEVER;
        if (trail < 0xa1)
            return PAIR_RARE;
        if (lead == 0xa1)
            return PAIR_SIGN;
        return in(lead, 0xb0, 0xc8) ? PAIR_USUAL : PAIR_RARE;
    case DOUBLE_EUC_JP:
        if (lead == 0x8e && in(trail, 0xa1, 0xdf))
            return PAIR_SINGLE;
        if (!in(lead, 0xa1, 0xfe) || !in(trail, 0xa1, 0xfe))
            return PAIR_NEVER;
        if (lead == 0xa4 || lead == 0xa5)
            return in(trail, 0xa1, 0xf6) ? (lead == 0xa4 ? PAIR_FREQUENT : PAIR_KANA) : PAIR_RARE;
        if (lead == 0xa1)
            return PAIR_SIGN;
        return in(lead, 0xb0, 0xcf) ? PAIR_USUAL : PAIR_RARE;
    default:
        if (!(in(lead, 0x81, 0x9f) || in(lead, 0xe0, 0xfc)) || !in(trail, 0x40, 0xfc) ||
            trail == 0x7f)
            return PAIR_NEVER;
        if (lead == 0x82 && in(trail, 0x9f, 0xf1))
            return PAIR_FREQUENT;
        if (lead == 0x83 && in(trail, 0x40, 0x96))
            return PAIR_KANA;
        if (lead == 0x81)
            return PAIR_SIGN;
        return in(lead, 0x88, 0x97) ? PAIR_USUAL : PAIR_RARE;
    }
}

static unsigned pair_cost(enum double_set set, unsigned lead, unsigned trail)
{
    unsigned cost = range_cost(set, lead, trail);

    if (cost != PAIR_USUAL)
        return cost;
    for (size_t i = 0; i < frequent_count[set]; i++) {
        if (frequent[set][i] == (lead << 8 | trail))
            return PAIR_FREQUENT;
    }
    return cost;
}

/* What OCTETS cost in SET; stops when that is BEST or more. */
static size_t double_cost(struct span octets, enum double_set set, size_t best)
{
    const unsigned char *at = (const unsigned char *)octets.octets;
    const unsigned char *end = at + octets.length;
    size_t total = 0;
    size_t seen = 0;

    frequent_make(set);
    while (at < end && seen < EVIDENCE_MAX && total < best) {
        unsigned cost;

        if (*at < 128) {
            at += utf8_ascii((const char *)at, (size_t)(end - at));
            continue;
        }
        if (set == DOUBLE_SJIS && in(*at, 0xa1, 0xdf)) {
            total += PAIR_SINGLE;
            seen++;
            at++;
            continue;
        }
        if (end - at < 2) {
            total += PAIR_BROKEN;
            break;
        }
        if (set == DOUBLE_GB && end - at >= 4 && in(at[1], 0x30, 0x39) && in(at[2], 0x81, 0xfe) &&
            in(at[3], 0x30, 0x39)) {
            total += PAIR_RARE;
            seen += 2;
            at += 4;
            continue;
        }
        if (set == DOUBLE_EUC_JP && *at == 0x8f && end - at >= 3) {
            total += PAIR_RARE;
            seen += 3;
            at += 3;
            continue;
        }
        cost = pair_cost(set, at[0], at[1]);
        total += cost == PAIR_NEVER ? PAIR_BROKEN : cost;
        seen += 2;
        at += cost == PAIR_NEVER ? 1 : 2;
    }
    return total + COST_OTHER_SET;
}

/* --- The guess ----------------------------------------------------------------------------------
 */

struct charset_guess charset_guess_eight_bit(struct span octets)
{
    struct charset_guess guess = {single_sets[0].name, 0, 0};
    size_t western = SIZE_MAX;
    size_t best = SIZE_MAX;

    for (size_t set = 0; set < SINGLE_COUNT; set++) {
        bool is_latin = single_sets[set].alphabet == ALPHABET_WESTERN ||
                        single_sets[set].alphabet == ALPHABET_CENTRAL ||
                        single_sets[set].alphabet == ALPHABET_TURKISH ||
                        single_sets[set].alphabet == ALPHABET_BALTIC;

        for (size_t i = 0; i < LANGUAGE_COUNT; i++) {
            size_t cost;

            if (languages[i].alphabet != single_sets[set].alphabet)
                continue;
            cost = single_cost(octets, costs_of(set, i), is_latin, best) + single_sets[set].prior;
            if (cost < best) {
                best = cost;
                guess.name = single_sets[set].name;
            }
        }
        if (set == 0)
            western = best;
    }
    for (unsigned set = 0; set < DOUBLE_COUNT; set++) {
        size_t cost = double_cost(octets, (enum double_set)set, best);

        if (cost < best) {
            best = cost;
            guess.name = double_names[set];
        }
    }
    guess.gain = western - best;
    for (size_t i = 0; i < octets.length && guess.seen < EVIDENCE_MAX; i++)
        guess.seen += (unsigned char)octets.octets[i] >> 7;
    return guess;
}

/* How many of the first octets are NUL, at even and at odd places. */
static void count_nuls(struct span octets, size_t nuls[2])
{
    size_t end = octets.length < MARKED_MAX ? octets.length : MARKED_MAX;

    nuls[0] = nuls[1] = 0;
    for (size_t i = 0; i < end; i++)
        nuls[i % 2] += octets.octets[i] == '\0';
}

const char *charset_guess_utf16(struct span octets)
{
    size_t nuls[2];

    count_nuls(octets, nuls);
    return nuls[1] > nuls[0] ? "UTF-16LE" : "UTF-16BE";
}

const char *charset_guess_marked(struct span octets)
{
    size_t end = octets.length < MARKED_MAX ? octets.length : MARKED_MAX;
    size_t nuls[2];

    if (span_begins(octets, SPAN("\xff\xfe\0\0")) || span_begins(octets, SPAN("\0\0\xfe\xff")))
        return "UTF-32";
    if (span_begins(octets, SPAN("\xff\xfe")) || span_begins(octets, SPAN("\xfe\xff")))
        return "UTF-16";
    if (octets.length > 0 && memchr(octets.octets, '\x1b', octets.length) != NULL) {
        if (memmem(octets.octets, octets.length, "\x1b$B", 3) != NULL ||
            memmem(octets.octets, octets.length, "\x1b$@", 3) != NULL)
            return "ISO-2022-JP";
        if (memmem(octets.octets, octets.length, "\x1b$)C", 4) != NULL)
            return "ISO-2022-KR";
    }
    if (end < 4 || memchr(octets.octets, '\0', end) == NULL)
        return NULL;
    /* Western text has a NUL in every second place, and none in the others. */
    count_nuls(octets, nuls);
    if (nuls[1] > end / 3 && nuls[0] < end / 50 + 1)
        return "UTF-16LE";
    if (nuls[0] > end / 3 && nuls[1] < end / 50 + 1)
        return "UTF-16BE";
    return NULL;
}
