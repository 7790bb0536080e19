/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "language.h"

#include <libexttextcat/textcat.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <utf8proc.h>

#include "arena.h"
#include "diag.h"
#include "fold.h"
#include "utf8.h"

#define LANGUAGES_MAX 16
#define TEXT_MAX 2048
#define WORDS_LEAST 3
#define LETTERS_LEAST 15
#define FINGERPRINTS "/usr/share/libexttextcat/"
/* A word that several languages have says less: its vote is divided among them. */
#define VOTE 12.0
/* What n-grams add to the language they name first: about one and a half common words. */
#define FINGERPRINT_VOTE 18.0
/* With so many votes and such a share of them, n-grams are not asked: they cost most of the time.
 */
#define CLEAR_VOTES (8 * VOTE)
#define CLEAR_SHARE 0.85
/* Greek, Cyrillic, Arabic … begin here; below are Latin letters. */
#define FOREIGN_SCRIPTS 0x370
/* A text of so many words of which fewer than one in so many is common is in none of the languages.
 */
#define KNOWN_WORDS 6
#define KNOWN_RATIO 8
/* The share of all votes under which nothing is certain. */
#define SHARE_LEAST 0.40

/*
 * Common words without accents, those of customers' mail among them. Two letters at least, so that
 * initials do not vote.
 */
static const struct {
    const char *tag;
    const char *words;
} vocabularies[] = {
    {"fr",
     "bonjour bonsoir je tu il elle nous vous ils elles le la les un une des du de au aux et ou "
     "mais donc car ne pas plus que qui quoi dont est sont etait suis avez avons ont ai mon ma "
     "mes votre vos notre nos leur ce cet cette ces dans sur avec pour par sans sous chez "
     "depuis toujours jamais rien merci svp cordialement madame monsieur facture commande colis "
     "livraison comment quand pourquoi ou est-ce pouvez voulez voudrais souhaite faire fait "
     "recu recue encore deja tres bien jour jours mois compte client c'est j'ai n'ai n'est "
     "qu'il d'une d'un l'adresse salutations svp rappeler remboursement prelevement en"},
    {"en",
     "hello hi dear the an of to and or but not no is are was were am be been have has had do does "
     "did don't doesn't can can't could would will shall should my your our their his her its "
     "this that these those with for from by at on in into about when where why what which who "
     "how still never please thank thanks regards sincerely sir madam order invoice delivery "
     "parcel refund account password i'm i've it's you we they he she it me us them there here "
     "received get got want need know as if then than so very just only any some more yet i'd "
     "been since because after before your kind"},
    {"de",
     "hallo guten tag sehr geehrte damen herren ich du er sie es wir ihr der die das den dem des "
     "ein eine einen einem einer und oder aber nicht kein keine ist sind war bin habe haben hat "
     "hatte wird werden kann konnen konnte mochte bitte danke mein meine meinen meiner ihre ihren "
     "unser unsere mit fur von vom zu zum zur bei auf aus nach seit noch immer schon nie wann wo "
     "warum wie was wer rechnung bestellung lieferung paket konto kunde freundlichen gruse "
     "grussen mir mich uns sich auch nur sehr wenn dass weil als doch am im an ab um hab geht"},
    {"es",
     "hola buenos dias buenas tardes yo tu el ella nosotros ustedes usted los las un una unos del "
     "de al y o pero no que quien es son era soy tengo tiene tienen hemos han he ha mi mis su sus "
     "pasa reembolso nuestro nuestra este esta esto estos en con para por sin sobre desde hasta "
     "todavia nunca "
     "nada gracias favor saludos estimado estimada senor senora factura pedido envio entrega "
     "paquete cuenta como cuando donde cual puedo puede pueden quiero quisiera hacer hecho muy "
     "bien dia meses cliente ya le les me se lo la mas cordial recibido aun estoy necesito"},
    {"it",
     "ciao buongiorno salve gentile io tu lui lei noi voi il lo la gli le un una uno del della dei "
     "delle di da in con su per tra fra e o ma non che chi cosa sono sei siamo avete hanno ho ha "
     "mio mia miei vostro vostra nostro questo questa ancora mai niente grazie cordiali saluti "
     "signore signora fattura ordine consegna pacco conto come quando dove perche posso potete "
     "vorrei fare fatto molto bene giorno mesi cliente anche piu gia ricevuto e'"},
    {"pt",
     "ola bom dia boa tarde eu voce ele ela nos eles os as um uma uns do da dos das de no na nos "
     "em "
     "com para por sem sobre desde ainda nunca nada obrigado obrigada cumprimentos senhor senhora "
     "fatura encomenda entrega conta como quando onde qual posso pode podem quero gostaria fazer "
     "feito muito bem meses cliente ja nao sim que quem sao era sou tenho tem temos meu minha seu "
     "sua este esta isto mais recebi"},
    {"pl",
     "dzien dobry witam prosze nie jest sie to na do ze jak moj moja moje moje jeszcze kiedy gdzie "
     "dlaczego zamowienie zamowienia faktura faktury przesylka paczka konto dziekuje pozdrawiam "
     "otrzymalem otrzymalam mam mi mnie ale czy oraz lub dla przez pan pani odpowiedz za od po"},
    {"ro",
     "buna ziua salut va rog multumesc nu am este sunt si sau dar cu pentru din la pe ce cand unde "
     "de comanda factura colet livrare cont primit inca meu mea mele mi ma ne ati ar fi lui "
     "luna pana fara domnule doamna stimate"},
    {"sv",
     "hej god dag tack jag du han hon vi ni de och eller men inte ar var har hade kan kunde skulle "
     "vill min mitt mina er ert vart var en ett den det som att pa av for med till fran om nar "
     "var hur vad faktura order leverans paket konto kund halsningar vanliga fortfarande aldrig"},
    {"nl",
     "hallo goedendag beste geachte ik jij hij zij wij jullie de het een van in op met voor en of "
     "maar niet geen is zijn was ben heb hebben heeft had wordt worden kan kunnen zou graag dank "
     "bedankt alstublieft mijn uw ons onze aan bij uit naar sinds nog steeds al nooit wanneer waar "
     "waarom hoe wat wie factuur bestelling levering pakket rekening klant groeten vriendelijke "
     "mij u ze deze dit die dat ook maar alleen zeer als omdat te om"}};

#define VOCABULARIES (sizeof(vocabularies) / sizeof(vocabularies[0]))
#define SLOTS 2048 /* a power of two, several times as many as there are words */

struct word {
    const char *octets; /* in the vocabulary */
    size_t length;
    unsigned languages; /* mask of vocabularies that have it */
};

struct language {
    char tags[LANGUAGES_MAX][8];
    size_t count;
    bool has_words;
    bool has_fingerprints;
    void *textcat; /* own; NULL when fingerprints are missing */
    struct word words[SLOTS];
};

/* What was counted in one text. */
struct tally {
    size_t words;
    size_t letters;
    size_t foreign; /* letters of scripts that none of the vocabularies is written in */
    size_t known;   /* words that stand in a vocabulary */
    double votes[VOCABULARIES];
};

struct language *language_open(const char *const *tags, size_t count)
{
    struct language *language = memory_take(sizeof(*language));

    memset(language, 0, sizeof(*language));
    for (size_t i = 0; i < count && i < LANGUAGES_MAX; i++)
        snprintf(language->tags[language->count++], sizeof(language->tags[0]), "%s", tags[i]);
    return language;
}

void language_close(struct language *language)
{
    if (language == NULL)
        return;
    if (language->textcat != NULL)
        textcat_Done(language->textcat);
    free(language);
}

/* Same language, whatever the region: "pt-BR" and "pt". */
static bool same_language(const char *tag, const char *other)
{
    size_t length = strcspn(tag, "-");

    return strcspn(other, "-") == length && memcmp(tag, other, length) == 0;
}

/* ---- opening ------------------------------------------------------------------------------------
 */

/* The slot of a word: its own, or a free one. */
static struct word *slot_of(struct language *language, const char *octets, size_t length)
{
    uint32_t hash = 2166136261U;
    size_t at;

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)octets[i]) * 16777619U;
    for (at = hash & (SLOTS - 1); language->words[at].octets != NULL; at = (at + 1) & (SLOTS - 1))
        if (language->words[at].length == length &&
            memcmp(language->words[at].octets, octets, length) == 0)
            break;
    return &language->words[at];
}

static void read_vocabularies(struct language *language)
{
    for (unsigned i = 0; i < VOCABULARIES; i++) {
        const char *word = vocabularies[i].words;

        while (*word != '\0') {
            size_t length = strcspn(word, " ");
            struct word *slot = slot_of(language, word, length);

            slot->octets = word;
            slot->length = length;
            slot->languages |= 1U << i;
            word += length;
            word += strspn(word, " ");
        }
    }
}

/* The library reads the names of fingerprints from a file only: one that is gone at once. */
static void read_fingerprints(struct language *language)
{
    char path[] = "/tmp/postroom-languages.XXXXXX";
    int fd = mkstemp(path);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;

    if (file == NULL) {
        if (fd >= 0) {
            close(fd);
            unlink(path);
        }
        return;
    }
    for (size_t i = 0; i < language->count; i++) {
        int length = (int)strcspn(language->tags[i], "-");

        fprintf(file, "%.*s.lm\t%s--utf8\n", length, language->tags[i], language->tags[i]);
    }
    if (fclose(file) == 0)
        language->textcat = special_textcat_Init(path, FINGERPRINTS);
    unlink(path);
    if (language->textcat != NULL)
        textcat_SetProperty(language->textcat, TCPROP_MINIMUM_DOCUMENT_SIZE, 5);
}

/* ---- counting -----------------------------------------------------------------------------------
 */

static bool is_letter(uint32_t character)
{
    utf8proc_category_t category;

    if (character < 0x80)
        return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
    category = utf8proc_category((utf8proc_int32_t)character);
    return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LL ||
           category == UTF8PROC_CATEGORY_LT || category == UTF8PROC_CATEGORY_LM ||
           category == UTF8PROC_CATEGORY_LO || category == UTF8PROC_CATEGORY_MN;
}

/* Copies the words of TEXT that are language: no addresses, URLs, numbers, names of files. */
static void keep_words(struct span text, struct buf *out)
{
    size_t at = 0;

    text.length = utf8_cut(text, TEXT_MAX);
    while (at < text.length) {
        size_t start;
        bool useful = true;

        while (at < text.length && (unsigned char)text.octets[at] <= ' ')
            at++;
        start = at;
        while (at < text.length && (unsigned char)text.octets[at] > ' ') {
            char octet = text.octets[at++];

            if (octet == '@' || octet == '/' || octet == '_' || (octet >= '0' && octet <= '9'))
                useful = false;
            /* "www.the-order.example": a dot between letters is no end of a sentence. */
            if (octet == '.' && at - 1 > start && at < text.length &&
                ((text.octets[at] >= 'a' && text.octets[at] <= 'z')))
                useful = false;
        }
        if (useful && at > start) {
            buf_add(out, text.octets + start, at - start);
            buf_char(out, ' ');
        }
    }
}

static void vote(struct language *language, struct tally *tally, struct span word)
{
    const struct word *known = slot_of(language, word.octets, word.length);
    unsigned sharing = 0;

    if (known->octets == NULL)
        return;
    tally->known++;
    for (unsigned i = 0; i < VOCABULARIES; i++)
        sharing += known->languages >> i & 1U;
    for (unsigned i = 0; i < VOCABULARIES; i++)
        if ((known->languages >> i & 1U) != 0)
            tally->votes[i] += VOTE / sharing / (sharing > 1 ? 1.5 : 1.0);
}

/* Letters that only some languages write. */
static void vote_letters(struct tally *tally, uint32_t character)
{
    static const struct {
        uint32_t character;
        const char *tag;
    } letters[] = {{0xdf, "de"},  {0xe4, "de"}, {0xf6, "de"},   {0xfc, "de"}, {0xf1, "es"},
                   {0xbf, "es"},  {0xa1, "es"}, {0xe7, "fr"},   {0xe8, "fr"}, {0xea, "fr"},
                   {0x153, "fr"}, {0xf9, "fr"}, {0x2019, "fr"}, {0xe3, "pt"}, {0xf5, "pt"}};

    for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
        for (size_t j = 0; letters[i].character == character && j < VOCABULARIES; j++)
            if (strcmp(vocabularies[j].tag, letters[i].tag) == 0)
                tally->votes[j] += VOTE / 6;
}

static void count_words(struct language *language, struct span text, struct tally *tally)
{
    struct buf folded = BUF_INIT;
    size_t at = 0;

    for (size_t i = 0; i < text.length;) {
        uint32_t character;
        size_t step = utf8_read(text.octets + i, text.length - i, &character);

        if (character >= 0x80)
            vote_letters(tally, character);
        i += step;
    }
    fold_plain(&folded, text);
    while (at < folded.length) {
        size_t start = at;
        size_t letters = 0;
        uint32_t character;
        size_t step = utf8_read(folded.octets + at, folded.length - at, &character);

        while (step != 0 && (is_letter(character) || (letters > 0 && character == '\''))) {
            letters += character != '\'';
            tally->foreign += character >= FOREIGN_SCRIPTS;
            at += step;
            step = utf8_read(folded.octets + at, folded.length - at, &character);
        }
        if (letters > 0) {
            tally->words++;
            tally->letters += letters;
            vote(language, tally, (struct span){folded.octets + start, at - start});
        }
        at += step != 0 ? step : 1;
    }
    buf_release(&folded);
}

/* ---- deciding -----------------------------------------------------------------------------------
 */

/* The vocabulary of a wanted language, or VOCABULARIES. */
static size_t vocabulary_of(const char *tag)
{
    size_t i = 0;

    while (i < VOCABULARIES && !same_language(tag, vocabularies[i].tag))
        i++;
    return i;
}

/* Which wanted language n-grams name first; LANGUAGES_MAX when they name none. */
static size_t by_fingerprint(struct language *language, struct span text)
{
    const char *answer;

    if (!language->has_fingerprints) {
        read_fingerprints(language);
        language->has_fingerprints = true;
    }
    if (language->textcat == NULL || text.length == 0)
        return LANGUAGES_MAX;
    answer = textcat_Classify(language->textcat, text.octets, text.length);
    if (answer == NULL || answer[0] != '[')
        return LANGUAGES_MAX;
    for (size_t i = 0; i < language->count; i++) {
        size_t length = strlen(language->tags[i]);

        if (strncmp(answer + 1, language->tags[i], length) == 0 && answer[1 + length] == '-')
            return i;
    }
    return LANGUAGES_MAX;
}

/* The wanted language that common words alone decide; LANGUAGES_MAX when they do not. */
static size_t by_words(const struct language *language, const struct tally *tally)
{
    double sum = 0;

    for (size_t i = 0; i < VOCABULARIES; i++)
        sum += tally->votes[i];
    for (size_t i = 0; i < language->count; i++) {
        size_t vocabulary = vocabulary_of(language->tags[i]);

        if (vocabulary < VOCABULARIES && tally->votes[vocabulary] >= CLEAR_VOTES &&
            tally->votes[vocabulary] >= CLEAR_SHARE * sum)
            return i;
    }
    return LANGUAGES_MAX;
}

/* Scores of the wanted languages; returns the sum over all, wanted or not. */
static double score(struct language *language, const struct tally *tally, size_t fingerprint,
                    double *scores)
{
    bool wanted[VOCABULARIES] = {false};
    double sum = 0;

    for (size_t i = 0; i < language->count; i++) {
        size_t vocabulary = vocabulary_of(language->tags[i]);

        scores[i] = vocabulary < VOCABULARIES ? tally->votes[vocabulary] : 0;
        if (i == fingerprint)
            scores[i] += FINGERPRINT_VOTE;
        if (vocabulary < VOCABULARIES)
            wanted[vocabulary] = true;
        sum += scores[i];
    }
    for (size_t i = 0; i < VOCABULARIES; i++)
        if (!wanted[i])
            sum += tally->votes[i];
    return sum;
}

/* A language that is not wanted has more votes than any wanted one. */
static bool is_foreign(const struct language *language, const struct tally *tally, double best)
{
    for (size_t i = 0; i < VOCABULARIES; i++) {
        bool wanted = false;

        for (size_t j = 0; j < language->count; j++)
            wanted = wanted || same_language(language->tags[j], vocabularies[i].tag);
        if (!wanted && tally->votes[i] > best)
            return true;
    }
    return false;
}

static void choose(struct language *language, const struct tally *tally, size_t fingerprint,
                   struct language_guess *guess)
{
    double scores[LANGUAGES_MAX] = {0};
    double sum = score(language, tally, fingerprint, scores);
    size_t best = 0;
    size_t second = LANGUAGES_MAX;
    double share;

    for (size_t i = 1; i < language->count; i++)
        if (scores[i] > scores[best])
            best = i;
    for (size_t i = 0; i < language->count; i++)
        if (i != best && scores[i] > 0 && (second == LANGUAGES_MAX || scores[i] > scores[second]))
            second = i;
    share = sum > 0 ? scores[best] / sum : 0;
    if (share < SHARE_LEAST || is_foreign(language, tally, scores[best]))
        return;
    memcpy(guess->tag, language->tags[best], sizeof(guess->tag));
    if (second < LANGUAGES_MAX)
        memcpy(guess->second, language->tags[second], sizeof(guess->second));
    /* Few votes are no certainty, however one-sided. */
    guess->confidence = share * (scores[best] >= 3 * VOTE ? 1.0 : 0.85);
    if (guess->confidence > 0.99)
        guess->confidence = 0.99;
    guess->confidence = (double)(int)(guess->confidence * 100 + 0.5) / 100;
}

/* The text is in a language that nobody here knows: n-grams alone would name the least unlike one.
 */
static bool is_none(const struct language *language, const struct tally *tally)
{
    for (size_t i = 0; i < language->count; i++)
        if (vocabulary_of(language->tags[i]) == VOCABULARIES)
            return false; /* one without a vocabulary: n-grams must do */
    return tally->foreign * 2 > tally->letters ||
           (tally->words >= KNOWN_WORDS && tally->known * KNOWN_RATIO < tally->words) ||
           tally->known == 0;
}

void language_guess(struct language *language, struct span text, struct language_guess *guess)
{
    struct buf kept = BUF_INIT;
    struct tally tally = {0};

    *guess = (struct language_guess){.tag = "und"};
    if (language->count == 0)
        return;
    if (!language->has_words) {
        read_vocabularies(language);
        language->has_words = true;
    }
    keep_words(text, &kept);
    count_words(language, buf_view(&kept), &tally);
    if (tally.words >= WORDS_LEAST && tally.letters >= LETTERS_LEAST &&
        !is_none(language, &tally)) {
        size_t likely = by_words(language, &tally);

        if (likely == LANGUAGES_MAX)
            likely = by_fingerprint(language, buf_view(&kept));
        choose(language, &tally, likely, guess);
    }
    buf_release(&kept);
}
